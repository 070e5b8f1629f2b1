"""Settings come from the environment alone, and nonsense is refused by name."""

import unittest

from src.api.access import may_read
from src.config.settings import Settings, SettingsError


class SettingsTest(unittest.TestCase):
    def test_an_empty_environment_gives_the_defaults(self):
        self.assertEqual(Settings.read({}).port, 8080)

    def test_a_number_that_is_none_is_refused_by_name(self):
        for text in ("many", "-1", "0", "1.5", ""):
            with self.subTest(text=text), self.assertRaisesRegex(SettingsError, "GLOSS_PORT"):
                Settings.read({"GLOSS_PORT": text})


class AccessTest(unittest.TestCase):
    def test_without_a_token_in_the_settings_everybody_may_read(self):
        self.assertTrue(may_read({}, Settings.read({})))

    def test_a_wrong_token_may_not_read(self):
        settings = Settings.read({"SERVICE_API_TOKEN": "bone-folder"})
        self.assertTrue(may_read({"X-Reader-Token": "bone-folder"}, settings))
        self.assertFalse(may_read({"X-Reader-Token": "paper-lamp"}, settings))
        self.assertFalse(may_read({}, settings))

    def test_a_foreign_host_name_may_not_read(self):
        settings = Settings.read({"ALLOWED_HOSTS": "gloss.example, localhost"})
        self.assertTrue(may_read({"Host": "gloss.example:8080"}, settings))
        self.assertFalse(may_read({"Host": "elsewhere.example"}, settings))


if __name__ == "__main__":
    unittest.main()
