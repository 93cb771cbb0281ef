"""A folder of policies is published as a list and the pages of each: the command, the list, its links, and how a browser shows it."""

import itertools
import posixpath
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
from conftest import Run, command_environment
from playwright.sync_api import Browser
from publishing_sample import AMENDED, SAMPLE, Page, read
from test_publishing_browser import CONTRAST, opened

from creditdsl.publish import group_titles, policies_in
from policies import BANDS, FRAME

LISTS = ("index.html", "index.en.html")
MONTHLY = re.sub(r"prior +: Grade\?", "prior : Kind?", FRAME.replace("period    year", "period    month")) + BANDS


def write_policies(folder: Path) -> Path:
    """Three policies: two of a group that has a title, one without a group; a policy has folders of its own."""
    for place, text in (
        ("policies/road/hauliers/hauliers.credit", AMENDED),
        ("policies/road/plain/policy.credit", SAMPLE),
        ("policies/road/plain/cases/more.credit", "# nothing\n"),
        ("policies/simple/simple.credit", MONTHLY),
    ):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text, encoding="utf-8")
    (folder / "policies/road/README.md").write_text("# 道路运输 / Road transport\n\nMore.\n", encoding="utf-8")
    return folder / "policies"


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the command writes."""
    folder = tmp_path_factory.mktemp("gallery")
    write_policies(folder)
    run = subprocess.run(
        [sys.executable, "-m", "creditdsl", "docs", "policies", "-o", "out"],
        cwd=folder,
        env=command_environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    written = sorted(path.relative_to(folder).as_posix() for path in (folder / "out").rglob("*") if path.is_file())
    assert sorted(run.stdout.split()) == written
    assert run.stdout.split()[:4] == ["out/index.html", "out/index.en.html", "out/style.css", "out/page.js"]
    return folder / "out"


def pages(folder: Path) -> dict[str, Page]:
    return {
        path.relative_to(folder).as_posix(): read(path.read_text(encoding="utf-8")) for path in folder.rglob("*.html")
    }


def rows(folder: Path, name: str) -> dict[str, str]:
    """The words of each row of the list by the address of its policy."""
    html = (folder / name).read_text(encoding="utf-8")
    found = {}
    for row in re.findall(r"<tr data-find>(.*?)</tr>", html, flags=re.DOTALL):
        address = re.search(r'href="([^"]*)"', row)
        assert address is not None
        found[address[1]] = " ".join(re.sub(r"<[^>]*>", " ", row).split())
    return found


def test_policies_are_the_folders_with_rules_below_a_folder_without(tmp_path: Path) -> None:
    folder = write_policies(tmp_path)
    (folder / ".hidden").mkdir()
    (folder / ".hidden/x.credit").write_text("", encoding="utf-8")
    assert policies_in(folder) == (folder / "road/hauliers", folder / "road/plain", folder / "simple")
    assert policies_in(folder / "simple") == ()
    assert policies_in(folder / "simple/simple.credit") == ()


def test_a_group_is_called_as_the_heading_of_its_page_says_or_like_its_folder(tmp_path: Path) -> None:
    folder = write_policies(tmp_path)
    assert group_titles(folder / "road") == ("道路运输", "Road transport")
    (folder / "road/README.md").write_text("# 道路\n", encoding="utf-8")
    assert group_titles(folder / "road") == ("道路", "道路")
    (folder / "road/README.md").unlink()
    assert group_titles(folder / "road") == ("road", "road")


def test_the_list_says_of_every_policy_what_it_is_in_both_languages(gallery: Path) -> None:
    chinese, english = (rows(gallery, name) for name in LISTS)
    assert list(chinese) == [f"{place}/index.html" for place in ("road/hauliers", "road/plain", "simple")]
    assert list(english) == [f"{place}/index.en.html" for place in ("road/hauliers", "road/plain", "simple")]
    plain = chinese["road/plain/index.html"]
    for words in (
        "运输企业信用评价 交通运输局 sample",
        "自2020年度评价起适用。",
        "评价对象：运输企业",
        "级别：甲级、乙级、新户、丙级",
        "评价指标：4",
        "案例：3",
        "激励 2 、惩戒 2 、名单 2 、产品 1 、承诺 1 、抽查 1",
        "服务事项：3",
        "评价周期：年度",
        "施行期间：2020年1月1日至2029年12月31日",
        "行政法规 1 、规范性文件 1",
    ):
        assert words in plain
    assert "历次修订" not in plain
    amended = english["road/hauliers/index.en.html"]
    assert re.search(r"History of amendments : Credit evaluation of hauliers : 4 ", amended)
    assert "Divisions with rules of their own: 2102" in amended
    assert "reward 2 , penalty 2 , list 2 , offer 1 , pledge 1 , inspection 1" in amended
    assert "Period: Calendar month" in english["simple/index.en.html"]


def test_groups_have_headings_and_policies_without_one_come_last(gallery: Path) -> None:
    for name, headings in (
        ("index.html", ["道路运输", "其他政策"]),
        ("index.en.html", ["Road transport", "Other policies"]),
    ):
        assert re.findall(r"<h2[^>]*>(.*?)</h2>", (gallery / name).read_text(encoding="utf-8")) == headings


def test_every_link_of_every_page_leads_to_a_page_and_an_anchor_that_exist(gallery: Path) -> None:
    made = pages(gallery)
    ids = {name: {e.attributes["id"] for e in page.elements if "id" in e.attributes} for name, page in made.items()}
    files = {path.relative_to(gallery).as_posix() for path in gallery.rglob("*") if path.is_file()}
    broken, followed = [], 0
    for name, page in made.items():
        for element in page.elements:
            for target in (element.attributes.get("href"), element.attributes.get("src")):
                if target is None:
                    continue
                path, _, anchor = unquote(target).partition("#")
                other = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
                followed += 1
                if other not in files or (anchor and anchor not in ids[other]):
                    broken.append((name, target))
    assert broken == []
    assert followed > 1000


def test_every_page_of_a_policy_leads_back_to_the_list(gallery: Path) -> None:
    for name, page in pages(gallery).items():
        if name not in LISTS:
            back = (
                "/".join([".."] * name.count("/"))
                + "/"
                + ("index.en.html" if name.endswith(".en.html") else "index.html")
            )
            assert back in [item.attributes.get("href") for item in page.elements if item.tag == "a"], name


def test_the_list_is_sound_and_asks_nothing_of_the_outside(gallery: Path) -> None:
    for name in LISTS:
        text = (gallery / name).read_text(encoding="utf-8")
        elements = read(text).elements
        levels = [int(item.tag[1]) for item in elements if re.fullmatch("h[1-6]", item.tag)]
        ids = [item.attributes["id"] for item in elements if "id" in item.attributes]
        assert read(text).faults == []
        assert elements[0].attributes["lang"] == {"index.html": "zh-CN", "index.en.html": "en"}[name]
        assert levels[0] == 1
        assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels))
        assert len(ids) == len(set(ids))
        assert all(item.attributes.get("scope") in ("row", "col") for item in elements if item.tag == "th")
        assert sum(item.tag == "table" for item in elements) == sum(item.tag == "caption" for item in elements) == 2
        assert not re.search(r"https?:|//[a-z]", text)
        assert not [item for item in elements if "style" in item.attributes or item.tag == "style"]


def test_the_english_list_has_chinese_only_where_it_says_so(gallery: Path) -> None:
    text = (gallery / "index.en.html").read_text(encoding="utf-8")
    marked = re.sub(r'<(\w+)[^>]* lang="zh(-CN)?"[^>]*>.*?</\1>', "", text, flags=re.DOTALL)
    assert re.findall(r"[\u4e00-\u9fff]+", marked) == []


def test_policies_without_groups_are_one_list_without_a_heading_to_be_seen(creditdsl: Run, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / "flat" / name).mkdir(parents=True)
        (tmp_path / "flat" / name / f"{name}.credit").write_text(MONTHLY, encoding="utf-8")
    run = creditdsl("docs", "flat", "-o", "out")
    assert run.returncode == 0, run.stderr
    text = (tmp_path / "out/index.html").read_text(encoding="utf-8")
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", text) == ["信用政策"]
    assert len(rows(tmp_path / "out", "index.html")) == 2
    assert '<nav class="groups"' not in text


def test_one_wrong_policy_is_reported_with_all_others_and_nothing_is_written(creditdsl: Run, tmp_path: Path) -> None:
    folder = write_policies(tmp_path)
    for name in ("bad", "worse"):
        (folder / name).mkdir()
        (folder / name / f"{name}.credit").write_text(SAMPLE.replace("months < 36", "monhts < 36"), encoding="utf-8")
    run = creditdsl("docs", "policies", "-o", "out")
    assert run.returncode == 1
    assert run.stderr.count("CR0101") >= 2
    assert "bad/bad.credit" in run.stderr
    assert "worse/worse.credit" in run.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", LISTS)
def test_the_browser_refuses_and_fetches_nothing_and_the_list_fits_every_screen(
    browser: Browser, gallery: Path, name: str
) -> None:
    for width in (320, 390, 800, 1280):
        page, said = opened(browser, gallery / name, width=width)
        page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_of_the_list_has_contrast(browser: Browser, gallery: Path, scheme: str) -> None:
    page, _ = opened(browser, gallery / "index.html", scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true; })")
    assert page.evaluate(CONTRAST) == []


def test_policies_are_found_by_text_without_a_server(browser: Browser, gallery: Path) -> None:
    page, said = opened(browser, gallery / "index.html")
    page.fill("#page-find", "月度")
    assert page.locator("[data-find]:visible").count() == 1
    assert page.locator("a[href='simple/index.html']").is_visible()
    assert page.locator("main section:visible").count() == 1
    assert page.locator("#page-found").inner_text() == "1 处符合"
    page.fill("#page-find", "2102 运输企业")
    assert page.locator("a[href='road/hauliers/index.html']").is_visible()
    assert not page.locator("a[href='road/plain/index.html']").is_visible()
    page.fill("#page-find", "没有这样的词")
    assert page.locator("#page-found").inner_text() == "没有符合的内容"
    assert said == []
