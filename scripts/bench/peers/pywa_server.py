"""pywa's asynchronous client on FastAPI, as its documentation says."""

import logging
import os

import fastapi
import httpx
import pywa_async
import uvicorn

assistant_url = os.environ.get("ASSISTANT_URL")
app = fastapi.FastAPI()
wa = pywa_async.WhatsApp(
    phone_id=os.environ["NUMBER"],
    token="access-token-of-the-bench",
    server=app,
    webhook_endpoint="/whatsapp/v2",
    verify_token="verify-token-of-the-bench",
    app_secret=os.environ["SECRET"],
)
wa.api._session.base_url = os.environ["GRAPH_URL"]
assistant = httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=None))


@wa.on_message
async def answer(_, message):
    if assistant_url is not None:
        response = await assistant.post(assistant_url, content=message.text)
        await message.reply(response.text)


logging.getLogger("pywa_async").setLevel(logging.ERROR)
uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning", access_log=False)
