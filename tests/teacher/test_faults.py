from tests.teacher.faults import FAULTS, is_clean, run


def test_every_request_ends_in_one_reply_whatever_the_server_does() -> None:
    line = run(150, share=0.4, patience_seconds=1.0)
    assert is_clean(line), line
    assert line["num_replies"] == 150
    assert set(line["faults_met"]) == set(FAULTS)
    assert set(line["outcomes"]) <= {"ANSWERED", "EMPTY", "UNANSWERED", "MALFORMED"}
    assert line["outcomes"]["ANSWERED"] > 120
