"""The data sets, and the addresses at which they are asked for."""

import hashlib
import os
import random
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

#: Always the same, so that a database that was kept can be opened again.
SECRET = hashlib.sha256(b"measured, of no worth").hexdigest()
LANGUAGES = ["az", "ru", "en"]
#: Different addresses of each kind.
ARTICLES = 1000
LISTS = 200


@dataclass
class Database:
    """A filled database, and the source that said most in it."""

    url: str
    folder: Path
    source: str

    def environment(self, **settings):
        return {
            "DATABASE_URL": self.url,
            "NEWSLINE_BIND": "ADDRESS",
            "NEWSLINE_DATA_DIR": str(self.folder),
            "NEWSLINE_SECRET": SECRET,
            **settings,
        }


def fill(newsline, url, folder, texts, quotes, body_bytes):
    """A database with so much in it; one that is there already is taken as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    known = folder / "source"
    if known.exists() and url.startswith("sqlite"):
        return Database(url, folder, known.read_text())
    said = subprocess.run(
        [newsline, "bench", "generate", "--texts", str(texts), "--quotes", str(quotes),
         "--body-bytes", str(body_bytes)],
        env={**os.environ, "DATABASE_URL": url, "NEWSLINE_DATA_DIR": str(folder),
             "NEWSLINE_SECRET": SECRET, "NEWSLINE_MIGRATE": "true"},
        capture_output=True, text=True,
    )
    if said.returncode:
        raise SystemExit(said.stderr)
    source = re.search(r"source (\S+) said", said.stdout)[1]
    known.write_text(source)
    return Database(url, folder, source)


def moments(number):
    """Moments all over the ten years of the data."""
    dice = random.Random(7)
    return [
        f"20{dice.randint(16, 25)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}T12:00:00Z"
        for _ in range(number)
    ]


def of_lists(number, include):
    return [
        f"/v1/articles?lang={LANGUAGES[nth % 3]}&published_before={moment}{include}"
        for nth, moment in enumerate(moments(number))
    ]


def of_articles(server, number, page=False):
    """Articles from all over the data, by their slugs."""
    door = "/v1/pages/articles" if page else "/v1/articles/by-slug"
    found = {}
    for list_ in of_lists(number // 10, "&limit=20"):
        for item in server.json(list_)["items"]:
            found[f"{door}/{item['lang']}/{item['slug']}"] = True
    return list(found)[:number]


def write(folder, name, server, addresses, coding=None):
    """A file of addresses with their entity tags, for wrk; reading them makes the server warm."""
    headers = {"Accept-Encoding": coding} if coding else {}
    path = folder / name
    with open(path, "w") as file:
        for address in addresses:
            answer, body = server.get(address, headers)
            if answer.status != 200:
                raise SystemExit(f"{address}: {answer.status} {body[:200]}")
            file.write(f"{address}\t{answer.getheader('ETag')}\n")
    return path


def bare(path):
    """The same file without entity tags, for the bare server."""
    addresses = [line.split("\t")[0] for line in path.read_text().splitlines()]
    other = path.with_suffix(".bare")
    other.write_text("\n".join(addresses) + "\n")
    return other
