"""Every page answers as operators and readers expect."""

import json
import logging
import threading
import unittest
import urllib.request
from pathlib import Path

from main import make_server, respond, start_service
from src.config.settings import Settings
from src.core.error_handler import CriticalError

logging.getLogger("gloss").addHandler(logging.NullHandler())
logging.getLogger("gloss").propagate = False

GLOSSARY = str(Path(__file__).parent.parent / "data" / "glossary.jsonl")


def service(**variables):
    return start_service(Settings.read({"GLOSS_DATA_FILE": GLOSSARY} | variables))


def page(running, target, **headers):
    response = respond(running, target, headers)
    return response.status, json.loads(response.body)


def halt(running):
    def break_down():
        raise CriticalError("the roof is gone")

    try:
        running.errors.run("anything", break_down)
    except CriticalError:
        pass


class OperationalPagesTest(unittest.TestCase):
    def test_a_halted_service_is_neither_alive_nor_ready(self):
        running = service()
        self.assertEqual([page(running, target)[0] for target in ("/health", "/ready")], [200, 200])
        halt(running)
        self.assertEqual([page(running, target)[0] for target in ("/health", "/ready")], [503, 503])

    def test_a_stopping_service_is_alive_but_not_ready(self):
        running = service()
        running.stopping.set()
        self.assertEqual([page(running, target)[0] for target in ("/health", "/ready")], [200, 503])

    def test_metrics_count_requests_by_page_and_status(self):
        running = service()
        page(running, "/lookup?term=quire")
        text = respond(running, "/metrics", {}).body.decode()
        self.assertIn("# TYPE gloss_requests_total counter\n", text)
        self.assertIn('gloss_requests_total{page="/lookup",status="200"} 1\n', text)

    def test_status_says_whom_to_call(self):
        running = service(ALERT_CONTACT="librarian on duty")
        self.assertEqual(page(running, "/status")[1]["on_call"]["contact"], "librarian on duty")


class ReaderPagesTest(unittest.TestCase):
    def test_an_entry_comes_with_what_it_leads_to(self):
        code, fields = page(service(), "/lookup?term=quire")
        self.assertEqual((code, fields["related"][:2]), (200, ["bifolium", "signature"]))

    def test_a_misspelt_term_is_404_with_a_suggestion(self):
        self.assertEqual(page(service(), "/lookup?term=quine")[1]["near"], ["quire"])

    def test_readers_need_the_token_and_operators_do_not(self):
        running = service(SERVICE_API_TOKEN="bone-folder")
        self.assertEqual(page(running, "/search?words=sheet")[0], 403)
        self.assertEqual(page(running, "/search?words=sheet", **{"X-Reader-Token": "bone-folder"})[0], 200)
        self.assertEqual(page(running, "/ready")[0], 200)

    def test_a_bad_request_never_opens_a_circuit(self):
        running = service()
        for _ in range(9):
            self.assertEqual(page(running, "/lookup")[0], 400)
        self.assertEqual(running.errors.open_circuits(), [])


class ServerTest(unittest.TestCase):
    def test_the_server_answers_over_http(self):
        running = service()
        with make_server(running) as server:
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/health") as answer:
                self.assertEqual((answer.status, answer.headers["X-Frame-Options"]), (200, "DENY"))
            server.shutdown()


if __name__ == "__main__":
    unittest.main()
