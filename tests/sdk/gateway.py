"""The official Python SDK against the daemon, in front of a scripted provider."""

import base64
import os
import struct

import openai
from pydantic import BaseModel

URL = os.environ["KATONIC_URL"] + "/public/v1"
KEY = os.environ["KATONIC_API_KEY"]
client = openai.OpenAI(base_url=URL, api_key=KEY, max_retries=0)
ASK = [{"role": "user", "content": "Say hello."}]
WEATHER = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}


class City(BaseModel):
    city: str
    people: int


def raises(kind, act):
    try:
        act()
    except kind as error:
        assert type(error) is kind, error
        return error
    raise AssertionError(f"no {kind.__name__}")


def chat(model, **more):
    return client.chat.completions.create(model=model, messages=ASK, **more)


def test_chat():
    answer = chat("scripted/m")
    assert answer.choices[0].message.content == "Hello from the provider."
    assert answer.usage.total_tokens == 18
    assert answer._request_id and len(answer._request_id) == 32


def test_stream():
    chunks = list(chat("scripted/m", stream=True, stream_options={"include_usage": True}))
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == "Hello from the provider."
    assert chunks[-1].usage.total_tokens == 18
    assert all(c.usage is None for c in chat("scripted/m", stream=True))


def test_parallel_tool_calls_in_a_stream():
    with client.chat.completions.stream(model="scripted/m", messages=ASK, tools=[WEATHER]) as stream:
        for _ in stream:
            pass
        message = stream.get_final_completion().choices[0].message
    calls = [(call.id, call.function.arguments) for call in message.tool_calls]
    assert calls == [("call_0", '{"city": "Rome"}'), ("call_1", '{"city": "Oslo"}')], calls
    whole = chat("scripted/m", tools=[WEATHER])
    assert len(whole.choices[0].message.tool_calls) == 2


def test_structured_output():
    parsed = client.chat.completions.parse(model="scripted/m", messages=ASK, response_format=City)
    assert parsed.choices[0].message.parsed == City(city="Rome", people=3)


def test_embeddings():
    vectors = client.embeddings.create(model="scripted/e", input=["a", "b"])
    assert [list(row.embedding) for row in vectors.data] == [[0.5, -1.25]] * 2
    raw = client.embeddings.create(model="scripted/e", input=["a"], encoding_format="base64")
    assert struct.unpack("<2f", base64.b64decode(raw.data[0].embedding)) == (0.5, -1.25)


def test_models():
    models = {model.id: model for model in client.models.list()}
    assert "fast" in models and models["scripted/m"].owned_by == "scripted"
    assert client.models.retrieve("scripted/m").id == "scripted/m"


def test_raw_response():
    raw = client.chat.completions.with_raw_response.create(model="scripted/m", messages=ASK)
    assert raw.headers["x-katonic-provider"] == "scripted"
    assert raw.headers["x-request-id"] == raw.headers["x-trace-id"]
    assert raw.parse().choices[0].finish_reason == "stop"


def test_errors():
    raises(openai.BadRequestError, lambda: chat("scripted/bad-request"))
    stranger = openai.OpenAI(base_url=URL, api_key="kapi_live_wrong", max_retries=0)
    raises(openai.AuthenticationError, lambda: stranger.models.list())
    narrow = openai.OpenAI(base_url=URL, api_key=os.environ["NARROW_KEY"], max_retries=0)
    error = raises(openai.PermissionDeniedError, lambda: narrow.chat.completions.create(model="fast", messages=ASK))
    assert error.code == "insufficient_scope" and "completions/chat" in error.message
    raises(openai.NotFoundError, lambda: chat("nobody/nothing"))
    error = raises(openai.InternalServerError, lambda: chat("scripted/broken"))
    assert error.status_code == 502 and error.request_id
    limited = openai.OpenAI(base_url=URL, api_key=os.environ["LIMITED_KEY"], max_retries=0)
    limited.models.list()
    error = raises(openai.RateLimitError, lambda: limited.models.list())
    assert int(error.response.headers["retry-after"]) > 0
    quick = client.with_options(timeout=0.2)
    raises(openai.APITimeoutError, lambda: quick.chat.completions.create(model="scripted/slow", messages=ASK))


def test_a_broken_stream_is_an_error():
    def read():
        for _ in chat("scripted/breaks", stream=True):
            pass

    error = raises(openai.APIError, read)
    assert error.code == "upstream_failed", error


def test_responses():
    first = client.responses.create(model="scripted/m", input="Say hello.", instructions="Be brief.")
    assert first.output_text == "Hello from the provider." and first.usage.total_tokens == 18
    again = client.responses.create(model="scripted/m", input="Again.", previous_response_id=first.id)
    assert again.status == "completed"
    with client.responses.stream(model="scripted/m", input="Say hello.") as stream:
        text = "".join(event.delta for event in stream if event.type == "response.output_text.delta")
        assert text == stream.get_final_response().output_text == "Hello from the provider."
    parsed = client.responses.parse(model="scripted/m", input="Which city?", text_format=City)
    assert parsed.output_parsed == City(city="Rome", people=3)
    tool = {"type": "function", "name": "weather", "parameters": {"type": "object", "properties": {}}, "strict": False}
    called = client.responses.create(model="scripted/m", input="Weather?", tools=[tool])
    assert [item.type for item in called.output] == ["function_call", "function_call"]
    raises(openai.NotFoundError, lambda: client.responses.create(model="scripted/m", input="a", previous_response_id="resp_x"))


def test_an_agent_answers_as_a_model():
    sarah = client.with_options(default_headers={"X-User-Email": "sarah@example.org"})
    question = [{"role": "user", "content": "How many weeks of parental leave do I get?"}]
    answer = sarah.chat.completions.create(model="agent/hr-assistant", messages=question)
    assert answer.choices[0].message.annotations[0].url_citation.title
    response = sarah.responses.create(model="agent/hr-assistant", input=question[0]["content"])
    assert response.output[0].content[0].annotations[0].type == "url_citation"


for name, test in list(globals().items()):
    if name.startswith("test_"):
        test()
        print("ok", name)
