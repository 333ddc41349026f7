"""Preferences: kept, checked, and never in the way of starting."""

from __future__ import annotations

import json

import pytest

from ecofolio.shell.settings import RECENT, Settings, SettingsStore


@pytest.fixture
def path(tmp_path):
    return tmp_path / "settings.json"


def test_what_was_saved_is_there_in_the_next_session(path):
    SettingsStore(path).save(theme="dark", language="zh_TW", scopes={"a": {"text": "x"}})
    again = SettingsStore(path)
    assert again.value == Settings(theme="dark", language="zh_TW", scopes={"a": {"text": "x"}})
    assert not again.trouble


def test_a_damaged_file_is_set_aside_with_a_sentence(path):
    path.write_text("{not json")
    store = SettingsStore(path)
    assert store.value == Settings()
    assert "set aside" in store.trouble
    assert path.with_suffix(".damaged.json").read_text() == "{not json"
    assert not path.exists()


@pytest.mark.parametrize("text", ["[]", "3", '"x"', "null", "\x00\xff"])
def test_a_file_of_another_kind_is_set_aside(path, text):
    path.write_text(text, encoding="latin-1")
    assert SettingsStore(path).value == Settings()


def test_a_value_that_may_not_be_gives_way_and_the_others_stay(path):
    path.write_text(json.dumps({"theme": "pink", "density": "compact", "recent": [1], "new": 2}))
    store = SettingsStore(path)
    assert store.value == Settings(density="compact")
    assert not store.trouble


def test_saving_a_value_that_may_not_be_is_our_mistake(path):
    with pytest.raises(ValueError, match="theme"):
        SettingsStore(path).save(theme="pink")


def test_a_folder_that_can_not_be_written_is_said_in_a_sentence(tmp_path):
    store = SettingsStore(tmp_path / "gone" / "settings.json")
    store.save(theme="dark")
    assert store.value.theme == "dark"
    assert "could not be kept" in store.trouble


def test_recent_programmes_are_newest_first_and_few_and_take_their_scopes_along():
    settings = Settings(recent=("0", "old"), scopes={"0": {}, "old": {}})
    for n in range(1, RECENT):
        settings = settings.with_recent(str(n))
    settings = settings.with_recent("0")
    assert settings.recent[:2] == ("0", str(RECENT - 1))
    assert len(settings.recent) == RECENT
    assert settings.scopes == {"0": {}}
