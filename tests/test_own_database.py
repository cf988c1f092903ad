"""Every process that runs tests has a database of its own; what a killed one left goes."""

import os

import pytest
from django.db import connection

from tests import template

pytestmark = pytest.mark.django_db


def databases() -> set[str]:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return {name for (name,) in cursor.fetchall()}


def test_it_is_named_after_the_process():
    assert str(connection.settings_dict["NAME"]).endswith(f"_{os.getpid()}")


def test_what_a_killed_run_left_goes_and_what_is_in_use_stays():
    mine = str(connection.settings_dict["NAME"])
    house = mine.removesuffix(f"_{os.getpid()}")
    left, held, made = f"{house}_1", f"{house}_2", f"{house}_3"
    with connection._nodb_cursor() as other:
        try:
            for name in (left, held):
                other.execute(f'CREATE DATABASE "{name}"')
            other.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [template.IN_USE, held])
            template.copy(made, house)
            there = databases()
            assert {mine, held, made} <= there and left not in there
        finally:
            for name in (left, held, made):
                template.drop(name)
