"""Makes the calls of pywa, a client of the Cloud API, against a simulator.

Usage: client.py <simulator's url> <phone number id> <access token> <person> <message of the person> <business account>
Prints one line of JSON for each call: its name, and what pywa made of the answer or of the error.
"""

import json
import pathlib
import sys
import tempfile

import httpx
from pywa import WhatsApp, types
from pywa.errors import WhatsAppError
from pywa.types.templates import TemplateLanguage

SIMULATOR, NUMBER, TOKEN, PERSON, MESSAGE, ACCOUNT = sys.argv[1:]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)


class ToSimulator(httpx.HTTPTransport):
    """pywa names Graph's host itself."""

    def handle_request(self, request):
        if request.url.host == "graph.facebook.com":
            simulator = httpx.URL(SIMULATOR)
            request.url = request.url.copy_with(
                scheme=simulator.scheme, host=simulator.host, port=simulator.port
            )
            request.headers["host"] = simulator.netloc.decode()
        return super().handle_request(request)


def connect(token):
    session = httpx.Client(transport=ToSimulator())
    return WhatsApp(phone_id=NUMBER, token=token, waba_id=ACCOUNT, session=session)


wa = connect(TOKEN)


def tell(name, made):
    print(json.dumps({"call": name, "made": made}, default=str), flush=True)


def call(name, act, made=lambda result: True):
    try:
        result = act()
        tell(name, made(result))
        return result
    except WhatsAppError as error:
        tell(name, {"error": error.code, "type": type(error).__name__})
    except Exception as error:  # noqa: BLE001
        tell(name, {"broken": repr(error)})
    return None


def sent(message):
    return message.id.startswith("wamid.") and message.input == PERSON


Button, Row, Section = types.Button, types.SectionRow, types.Section
LINK = "https://example.org/file"
CONTACT = types.Contact(
    name=types.Contact.Name(formatted_name="A Friend", first_name="A"),
    phones=[types.Contact.Phone(phone="15550000042", type="CELL")],
)

# What a program asks when it starts.
call("get_business_phone_number", wa.get_business_phone_number, lambda it: it.display_phone_number)
call("get_business_phone_numbers", wa.get_business_phone_numbers, lambda it: [one.id for one in it])
call("get_business_account", wa.get_business_account, lambda it: [it.id, it.currency])
call("get_business_profile", wa.get_business_profile, lambda it: it.industry)
call("update_business_profile", lambda: wa.update_business_profile(about="Peace", websites=["https://ansari.chat/"]), bool)
call("get_business_profile again", wa.get_business_profile, lambda it: [it.about, list(it.websites)])
call("update_display_name", lambda: wa.update_display_name("Ansari"), bool)
call("get_business_phone_number_settings", wa.get_business_phone_number_settings)
call("register_phone_number", lambda: wa.register_phone_number(pin="123456"), bool)
call("get_app_access_token", lambda: wa.get_app_access_token(300000000000003, "development-app-secret"))

# What it sends.
call("send_message", lambda: wa.send_message(PERSON, "*Peace* be with you", tracker="k1"), sent)
call("send_message as a reply", lambda: wa.send_message(PERSON, "To you", reply_to_message_id=MESSAGE), sent)
call("mark_message_as_read", lambda: wa.mark_message_as_read(MESSAGE), bool)
call("indicate_typing", lambda: wa.indicate_typing(MESSAGE), bool)
call("send_image by link", lambda: wa.send_image(PERSON, LINK, caption="A picture"), sent)
image = call("upload_media", lambda: wa.upload_media(PNG, mime_type="image/png", filename="a.png"), lambda it: it.id.isdigit())
call("send_image by id", lambda: wa.send_image(PERSON, image.id), sent)
call("send_image by bytes, with buttons", lambda: wa.send_image(PERSON, PNG, "Well?", buttons=[Button("Yes", "y")], mime_type="image/png"), sent)
call("send_video", lambda: wa.send_video(PERSON, LINK), sent)
call("send_document", lambda: wa.send_document(PERSON, LINK, filename="a.pdf", caption="Read"), sent)
call("send_audio", lambda: wa.send_audio(PERSON, LINK), sent)
call("send_voice", lambda: wa.send_voice(PERSON, LINK), sent)
call("send_sticker", lambda: wa.send_sticker(PERSON, LINK), sent)
call("send_reaction", lambda: wa.send_reaction(PERSON, "🙏", MESSAGE), sent)
call("remove_reaction", lambda: wa.remove_reaction(PERSON, MESSAGE), sent)
call("send_location", lambda: wa.send_location(PERSON, 21.4225, 39.8262, name="Makkah"), sent)
call("request_location", lambda: wa.request_location(PERSON, "Where are you?"), sent)
call("request_contact_info", lambda: wa.request_contact_info(PERSON, "Who are you?"), sent)
call("send_contact", lambda: wa.send_contact(PERSON, CONTACT), sent)
call("send_message with buttons", lambda: wa.send_message(PERSON, "Well?", "Header", "Footer", [Button("Yes", "y"), Button("No", "n")]), sent)
call("send_message with a list", lambda: wa.send_message(PERSON, "Well?", buttons=types.SectionList("Topics", [Section("One", [Row("Prayer", "a", "Daily")]), Section("Two", [Row("Fasting", "b")])])), sent)
call("send_message with a link", lambda: wa.send_message(PERSON, "Read", buttons=types.URLButton("Open", "https://ansari.chat/")), sent)
call("send_message with a form", lambda: wa.send_message(PERSON, "Tell", buttons=types.FlowButton("Open", flow_id="1", flow_token="t", flow_action_type="navigate", flow_action_screen="A")), sent)
call("send_template", lambda: wa.send_template(PERSON, name="hello_world", language=TemplateLanguage.ENGLISH_US, params=[]), sent)
call("send_products", lambda: wa.send_products(PERSON, "1", [types.ProductsSection("Dates", ["d1"])], "Title", "Body"), sent)
call("get_templates", wa.get_templates, lambda it: [one.name for one in it])

# Media, there and back.
url = call("get_media_url", lambda: wa.get_media_url(image.id), lambda it: [it.mime_type, it.file_size])
call("get_media_bytes", lambda: wa.get_media_bytes(url.url), lambda it: it == PNG)
with tempfile.TemporaryDirectory() as folder:
    call("download_media", lambda: wa.download_media(url=url.url, path=folder), lambda it: [pathlib.Path(it).name, it.read_bytes() == PNG])
call("delete_media", lambda: wa.delete_media(image.id), bool)

# What is refused.
call("get_media_url of nothing", lambda: wa.get_media_url(image.id))
call("send_message that is too long", lambda: wa.send_message(PERSON, "a" * 4097))
call("send_message with long buttons", lambda: wa.send_message(PERSON, "Well?", buttons=[Button("b" * 21, "y")]))
call("send_message to nobody", lambda: wa.send_message("15559999999", "hi"))
call("get_qr_codes", wa.get_qr_codes)
call("send_message with a bad token", lambda: connect("bad").send_message(PERSON, "hi"))
