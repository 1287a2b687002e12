import pytest
from tests.evaluation.scripted_endpoint import ScriptedEndpoint
from tests.evaluation.small import problem, requests_of

from hornbook.errors import ConfigError, EndpointError
from hornbook.evaluation.endpoint import Api, EndpointGrader, EndpointModel, chat_messages
from hornbook.evaluation.grade import GradingRequest
from hornbook.evaluation.models import (
    CHAT_ENDPOINT,
    COMPLETION_ENDPOINT,
    ModelIdentity,
    Request,
    SamplingConfig,
    derive_seed,
)
from hornbook.teacher.http import EndpointConfig

PROMPTS = [f"def f{number}(x):\n" for number in range(10)]
DRAWN = SamplingConfig(temperature=0.8, top_p=0.9, max_new_tokens=33)


def answers_of(
    model: EndpointModel, requests: list[Request], sampling: SamplingConfig = DRAWN, seed: int = 3
) -> dict[int, str]:
    return dict(row for [row] in model.complete(requests, sampling, seed, ()))


def test_nothing_is_contacted_before_it_is_needed() -> None:
    requests = requests_of(PROMPTS)
    model = EndpointModel(EndpointConfig(url="http://127.0.0.1:9"), Api.CHAT)
    assert (model.count_truncated(requests, DRAWN), model.solution_bits([requests[0].problem])) == (0, [])
    assert list(model.complete(requests, DRAWN, 0, {(one.task_id, 0) for one in requests})) == []
    with pytest.raises(EndpointError):
        answers_of(model, requests)


def test_a_model_is_called_as_its_endpoint_calls_it() -> None:
    with ScriptedEndpoint(lambda _: "", models=("first", "owner/Model-1B")) as endpoint:
        with pytest.raises(ConfigError, match=r"--endpoint-model.*`first`, `owner/Model-1B`"):
            EndpointModel(EndpointConfig(url=endpoint.url), Api.CHAT).identity()
        config = EndpointConfig(url=endpoint.url, model="owner/Model-1B")
        for api, kind in ((Api.CHAT, CHAT_ENDPOINT), (Api.COMPLETIONS, COMPLETION_ENDPOINT)):
            identity = EndpointModel(config, api).identity()
            assert identity == ModelIdentity(kind=kind, name="owner/Model-1B", digest="")
        assert EndpointGrader(config).name == "owner/Model-1B"
        answers_of(EndpointModel(config, Api.CHAT), requests_of(PROMPTS[:1]))
        assert endpoint.asked[0].body["model"] == "owner/Model-1B"


def test_a_chat_model_is_shown_the_problem_in_a_fence_that_it_cannot_close_and_answers_are_told_apart() -> None:
    with ScriptedEndpoint(lambda asked: f"caf\udce9 about {asked.text}") as endpoint:
        requests = requests_of(PROMPTS)
        answers = answers_of(EndpointModel(EndpointConfig(url=endpoint.url), Api.CHAT), requests)
        messages = [chat_messages(request.problem) for request in requests]
        assert answers == {index: f"caf? about {of_one[-1]['content']}" for index, of_one in enumerate(messages)}
        assert all(asked.path == "/v1/chat/completions" for asked in endpoint.asked)
        [body] = (asked.body for asked in endpoint.asked if asked.body["messages"] == messages[4])
        seed = derive_seed(3, "own/4", "0")
        sent = {"model": "scripted", "max_tokens": 33, "temperature": 0.8, "top_p": 0.9, "seed": seed}
        assert {name: body[name] for name in body if name != "messages"} == sent
    fenced = 'def double(x):\n    """Twice.\n\n    ```\n    double(1)\n    ```\n    """\n'
    [message] = chat_messages(problem(prompt=fenced, entry_point="double"))
    assert message["role"] == "user"
    assert "`double`" in message["content"]
    assert message["content"].endswith('    ```\n    """\n````')


def test_a_base_model_goes_on_with_the_prompt_until_a_stop_and_only_where_it_must() -> None:
    with ScriptedEndpoint(lambda asked: f"    # {asked.text}") as endpoint:
        model = EndpointModel(EndpointConfig(url=endpoint.url), Api.COMPLETIONS)
        done = {(f"own/{number}", 0) for number in range(0, 10, 2)} | {("of another benchmark", 0)}
        answers = dict(row for [row] in model.complete(requests_of(PROMPTS), DRAWN, 0, done))
        assert answers == {number: f"    # {PROMPTS[number]}" for number in (1, 3, 5, 7, 9)}
        assert all(asked.path == "/v1/completions" for asked in endpoint.asked)
        assert {tuple(asked.body["stop"]) for asked in endpoint.asked} == {("\ndef ", "\nclass ", "\nif ", "\nprint(")}
        stops = ("\nclass", "\nassert", '\n"""', "\nprint", "\nif", "\n<|/")
        answers_of(model, requests_of(PROMPTS[:1], stop_strings=stops))
        assert endpoint.asked[-1].body["stop"] == list(stops[:4])


def test_a_seed_belongs_to_problem_and_sample_and_is_sent_where_it_is_drawn() -> None:
    with ScriptedEndpoint(lambda _: "x") as endpoint:
        model = EndpointModel(EndpointConfig(url=endpoint.url), Api.CHAT)
        requests = requests_of(PROMPTS, num_samples=2)
        answers_of(model, requests)
        seeds = {asked.body["seed"] for asked in endpoint.asked}
        assert len(seeds) == 20
        assert all(0 <= seed < 2**31 for seed in seeds)
        answers_of(model, requests[:2], seed=4)
        assert not {asked.body["seed"] for asked in endpoint.asked[20:]} & seeds
        answers_of(model, requests[:2], SamplingConfig(temperature=0.0))
        assert not any("seed" in asked.body for asked in endpoint.asked[22:])


def test_a_grader_is_asked_by_chat_with_the_seed_of_each_question() -> None:
    with ScriptedEndpoint(lambda asked: f"{asked.text}, {asked.body['seed']}, \udce9") as endpoint:
        grader = EndpointGrader(EndpointConfig(url=endpoint.url))
        messages = [[{"role": "user", "content": f"question {number}"}] for number in range(12)]
        questions = [GradingRequest(messages=one, seed=100 + number) for number, one in enumerate(messages)]
        assert dict(grader(questions)) == {number: f"question {number}, {100 + number}, ?" for number in range(12)}
        body = endpoint.asked[0].body
        assert (body["max_tokens"], body["temperature"], body["top_p"]) == (400, 1.0, 1.0)
