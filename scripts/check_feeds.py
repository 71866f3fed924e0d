"""Reads every feed of a running Newsline, and fails where one is not as readers need it.

    python check_feeds.py http://127.0.0.1:8080

Needs feedparser. scripts/check-feeds brings it, and a demo to read.
"""

import json
import re
import sys
from datetime import datetime
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import feedparser

FORMS = {
    "rss": ("application/rss+xml", "rss20"),
    "atom": ("application/atom+xml", "atom10"),
}
RFC_3339 = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")


class Wrong(Exception):
    """What a feed has or lacks."""


def need(holds, what):
    if not holds:
        raise Wrong(what)


def fetch(address, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urlopen(Request(address, headers=headers)) as answer:
            return answer.status, answer.headers, answer.read()
    except HTTPError as answer:
        return answer.code, answer.headers, answer.read()


def read_json(address):
    status, _, body = fetch(address)
    need(status == 200, f"{address} answered {status}")
    return json.loads(body)


def absolute(address):
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and parts.netloc and address.isascii()


def headers_hold(address, content_type):
    """The answer's own words about it; gives its body."""
    status, headers, body = fetch(address)
    need(status == 200, f"answered {status}")
    need(headers["Content-Type"].split(";")[0] == content_type, headers["Content-Type"])
    need(headers["ETag"] and headers["Last-Modified"], "no ETag or no Last-Modified")
    need("accept-language" not in headers.get("Vary", "").lower(), "varies on Accept-Language")
    again, _, _ = fetch(address, If_None_Match=headers["ETag"])
    need(again == 304, f"answered {again} to its own ETag")
    return body


def check_xml(address, form, lang):
    """The ids of the entries."""
    content_type, version = FORMS[form]
    body = headers_hold(address, content_type)
    parsed = feedparser.parse(
        body, response_headers={"content-type": f"{content_type}; charset=utf-8", "content-location": address}
    )
    need(not parsed.bozo, f"bozo: {parsed.get('bozo_exception')}")
    need(parsed.version == version, f"is taken for {parsed.version}")
    feed = parsed.feed
    need(feed.get("title") and absolute(feed.get("link", "")), "no title or no link")
    need(feed.get("language") == lang, f"language {feed.get('language')}")
    own = [link.href for link in feed.links if link.rel == "self"]
    need(own == [address], f"rel=self is {own}")
    for entry in parsed.entries:
        where = entry.get("id") or entry.get("title")
        need(entry.get("title"), f"{where}: no title")
        need(absolute(entry.get("link", "")), f"{where}: no link")
        need(entry.get("id"), f"{where}: no id")
        need(entry.get("published_parsed"), f"{where}: no date of publication")
        need(form == "rss" or entry.get("updated_parsed"), f"{where}: no date of change")
        need(entry.get("content") and entry.content[0].value, f"{where}: no content")
    return [entry.id for entry in parsed.entries]


def without_nulls(value, path="$"):
    need(value is not None, f"{path} is null")
    if isinstance(value, dict):
        for name, inner in value.items():
            without_nulls(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            without_nulls(inner, f"{path}[{index}]")


def check_authors(authors, where):
    need(isinstance(authors, list), f"{where}: authors")
    for author in authors:
        need(author.get("name") or author.get("url") or author.get("avatar"), f"{where}: an author without a name")


def check_json(address, lang):
    """The ids of the items."""
    feed = json.loads(headers_hold(address, "application/feed+json"))
    without_nulls(feed)
    need(feed["version"] == "https://jsonfeed.org/version/1.1", "version")
    need(isinstance(feed["title"], str) and feed["title"], "no title")
    need(feed["feed_url"] == address and absolute(feed["home_page_url"]), "feed_url or home_page_url")
    need(feed["language"] == lang, "language")
    check_authors(feed["authors"], "the feed")
    for item in feed["items"]:
        where = item.get("id")
        need(isinstance(where, str) and where, "an item without an id")
        need(item.get("content_html") or item.get("content_text"), f"{where}: no content")
        need(item.get("title") and absolute(item["url"]), f"{where}: no title or no url")
        check_authors(item.get("authors", []), where)
        need(isinstance(item.get("tags", []), list), f"{where}: tags")
        for name in ("date_published", "date_modified"):
            need(RFC_3339.match(item[name]), f"{where}: {name} {item[name]}")
            datetime.fromisoformat(item[name].replace("Z", "+00:00"))
    return [item["id"] for item in feed["items"]]


def check_list(api, slug, lang):
    """All forms of a feed say the same; gives how many items it has."""
    ids = {}
    for form in ("rss", "atom", "json"):
        address = f"{api}/feeds/{slug}.{lang}.{form}"
        try:
            ids[form] = check_json(address, lang) if form == "json" else check_xml(address, form, lang)
            need(len(set(ids[form])) == len(ids[form]), "two items have one id")
        except (Wrong, KeyError, ValueError) as wrong:
            raise SystemExit(f"{address}: {wrong!r}") from wrong
    if not ids["rss"] == ids["atom"] == ids["json"]:
        raise SystemExit(f"{slug}.{lang}: the forms differ")
    return len(ids["rss"])


def lists(api):
    cursor = ""
    while cursor is not None:
        page = read_json(f"{api}/v1/lists?limit=100{cursor}")
        yield from (item["slug"] for item in page["items"])
        following = page["page"]["next"]
        cursor = following and f"&cursor={following}"


def main(api):
    langs = read_json(f"{api}/v1/site")["languages"]
    total = 0
    for slug in lists(api):
        for lang in langs:
            items = check_list(api, slug, lang)
            total += items
            print(f"ok {slug}.{lang}: {items} items")
    if total == 0:
        raise SystemExit("no feed has anything in it")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
