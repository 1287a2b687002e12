from collections.abc import Sequence

import pytest
from tests.evaluation.scripted_endpoint import Asked, ScriptedEndpoint

from hornbook.errors import ConfigError, EndpointError
from hornbook.evaluation.endpoint import Api, EndpointGrader, EndpointModel, derive_seed
from hornbook.evaluation.extract import chat_messages
from hornbook.evaluation.grade import GradingRequest
from hornbook.evaluation.models import CHAT_ENDPOINT, COMPLETION_ENDPOINT, Model, ModelIdentity, Request, SamplingConfig
from hornbook.records import Problem
from hornbook.teacher.config import EndpointConfig

NOBODY = "http://127.0.0.1:9"
PROBLEMS = [
    Problem(
        task_id=f"own/{number}",
        prompt=f"def f{number}(x):\n",
        entry_point=f"f{number}",
        canonical_solution="",
        test="",
        category="",
    )
    for number in range(10)
]
DRAWN = SamplingConfig(temperature=0.8, top_p=0.9, max_new_tokens=33)


def requests_of(num_samples: int = 1, stop_strings: tuple[str, ...] = ()) -> list[Request]:
    return [
        Request(problem=problem, sample_index=index, stop_strings=stop_strings)
        for problem in PROBLEMS
        for index in range(num_samples)
    ]


def answers_of(
    model: EndpointModel, requests: Sequence[Request], sampling: SamplingConfig = DRAWN, seed: int = 3
) -> dict[int, str]:
    groups = list(model.complete(requests, sampling, seed, ()))
    assert all(len(group) == 1 for group in groups)
    assert len(groups) == len(requests)
    return dict(group[0] for group in groups)


def test_nothing_is_contacted_before_it_is_needed() -> None:
    model: Model = EndpointModel(EndpointConfig(url=NOBODY), Api.CHAT)
    assert model.count_truncated(requests_of(), DRAWN) == 0
    assert list(model.complete(requests_of(), DRAWN, 0, {(p.task_id, 0) for p in PROBLEMS})) == []
    EndpointGrader(EndpointConfig(url=NOBODY), max_new_tokens=10, temperature=1.0)
    with pytest.raises(EndpointError, match="cannot be reached"):
        model.identity()
    with pytest.raises(EndpointError, match="cannot be reached"):
        list(model.complete(requests_of(), DRAWN, 0, ()))


def test_a_model_is_called_as_its_endpoint_calls_it() -> None:
    with ScriptedEndpoint(lambda _: "", models=("owner/Model-1B",)) as endpoint:
        config = EndpointConfig(url=endpoint.url)
        kinds = {Api.CHAT: CHAT_ENDPOINT, Api.COMPLETIONS: COMPLETION_ENDPOINT}
        for api, kind in kinds.items():
            identity = EndpointModel(config, api).identity()
            assert identity == ModelIdentity(kind=kind, name="owner/Model-1B", digest="")
        assert EndpointGrader(config, max_new_tokens=1, temperature=0.0).name == "owner/Model-1B"
    with ScriptedEndpoint(lambda _: "", models=("first", "second")) as endpoint:
        with pytest.raises(ConfigError, match=r"--endpoint-model.*`first`, `second`"):
            EndpointModel(EndpointConfig(url=endpoint.url), Api.CHAT).identity()
        named = EndpointModel(EndpointConfig(url=endpoint.url, model="second"), Api.CHAT)
        assert named.identity().name == "second"
        answers_of(named, requests_of()[:1])
        assert endpoint.asked[0].body["model"] == "second"


def test_a_chat_model_is_shown_the_problem_and_its_answers_are_told_apart() -> None:
    with ScriptedEndpoint(lambda asked: f"about {asked.text}") as endpoint:
        requests = requests_of()
        answers = answers_of(EndpointModel(EndpointConfig(url=endpoint.url), Api.CHAT), requests)
        messages = [chat_messages(request.problem) for request in requests]
        assert answers == {index: f"about {of_one[-1]['content']}" for index, of_one in enumerate(messages)}
        assert all(asked.path == "/v1/chat/completions" for asked in endpoint.asked)
        [body] = (asked.body for asked in endpoint.asked if asked.body["messages"] == messages[4])
        seed = derive_seed(3, "own/4", "0")
        assert {name: body[name] for name in body if name != "messages"} == {
            "model": "scripted",
            "max_tokens": 33,
            "temperature": 0.8,
            "top_p": 0.9,
            "seed": seed,
        }


def test_a_base_model_goes_on_with_the_prompt_until_a_stop() -> None:
    with ScriptedEndpoint(lambda asked: f"    # {asked.text}") as endpoint:
        model = EndpointModel(EndpointConfig(url=endpoint.url), Api.COMPLETIONS)
        assert answers_of(model, requests_of())[3] == "    # def f3(x):\n"
        assert all(asked.path == "/v1/completions" for asked in endpoint.asked)
        assert {tuple(asked.body["stop"]) for asked in endpoint.asked} == {
            ("\ndef ", "\nclass ", "\nif ", "\nprint("),
        }
        stops = ("\nclass", "\nassert", '\n"""', "\nprint", "\nif", "\n<|/")
        answers_of(model, requests_of(stop_strings=stops)[:1])
        assert endpoint.asked[-1].body["stop"] == list(stops[:4])


def test_a_seed_belongs_to_problem_and_sample_and_is_sent_where_it_is_drawn() -> None:
    with ScriptedEndpoint(lambda _: "x") as endpoint:
        model = EndpointModel(EndpointConfig(url=endpoint.url), Api.CHAT)
        requests = requests_of(num_samples=3)
        answers_of(model, requests)
        seeds = [asked.body["seed"] for asked in endpoint.asked]
        assert sorted(seeds) == sorted(derive_seed(3, one.task_id, str(one.sample_index)) for one in requests)
        assert len(set(seeds)) == 30
        assert all(0 <= seed < 2**31 for seed in seeds)
        endpoint.asked.clear()
        answers_of(model, requests, seed=4)
        assert not {asked.body["seed"] for asked in endpoint.asked} & set(seeds)
        endpoint.asked.clear()
        answers_of(model, requests_of(), SamplingConfig(temperature=0.0))
        assert not any("seed" in asked.body for asked in endpoint.asked)


def test_what_is_done_is_not_asked_for() -> None:
    with ScriptedEndpoint(lambda asked: asked.text) as endpoint:
        model = EndpointModel(EndpointConfig(url=endpoint.url), Api.COMPLETIONS)
        done = {(problem.task_id, 0) for problem in PROBLEMS[::2]} | {("of another benchmark", 0)}
        groups = [*model.complete(requests_of(), DRAWN, 0, done)]
        assert sorted(index for [(index, _)] in groups) == [1, 3, 5, 7, 9]
        assert all(text == PROBLEMS[index].prompt for [(index, text)] in groups)
        assert len(endpoint.asked) == 5


def test_half_a_surrogate_pair_becomes_a_question_mark() -> None:
    with ScriptedEndpoint(lambda _: "caf\udce9 é") as endpoint:
        config = EndpointConfig(url=endpoint.url)
        assert answers_of(EndpointModel(config, Api.CHAT), requests_of()[:1]) == {0: "caf? é"}
        grader = EndpointGrader(config, max_new_tokens=10, temperature=1.0)
        assert list(grader([GradingRequest(messages=[{"role": "user", "content": "?"}], seed=1)])) == [(0, "caf? é")]


def test_a_grader_is_asked_by_chat_with_the_seed_of_each_question() -> None:
    def said(asked: Asked) -> str:
        return f"{asked.text}, {asked.body['seed']}"

    with ScriptedEndpoint(said) as endpoint:
        grader = EndpointGrader(EndpointConfig(url=endpoint.url), max_new_tokens=21, temperature=1.0)
        questions = [
            GradingRequest(messages=[{"role": "user", "content": f"question {number}"}], seed=100 + number)
            for number in range(12)
        ]
        assert dict(grader(questions)) == {number: f"question {number}, {100 + number}" for number in range(12)}
        body = endpoint.asked[0].body
        assert (body["max_tokens"], body["temperature"], body["top_p"]) == (21, 1.0, 1.0)
        assert list(grader([])) == []
