"""The command line as people and scripts meet it: statuses, streams, languages, and every command on real files."""

import gc
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from creditdsl.cli import check
from creditdsl.cli.main import COMMANDS, load_command, run
from creditdsl.cli.session import open_session
from creditdsl.diagnostics import InternalError
from tests.announced import frame
from tests.conftest import REPOSITORY, Run, command_environment

TAX_CREDIT = REPOSITORY / "policies" / "tax_credit"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
HELP_SECONDS = 0.15


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.credit"
    path.write_text(frame(), encoding="utf-8")
    return path


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


# Starting


def test_help_takes_less_than_the_promised_time() -> None:
    spent = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "creditdsl", "--help"], stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(spent) < HELP_SECONDS


def test_help_imports_nothing_that_a_command_needs() -> None:
    script = "import sys; from creditdsl.cli.main import run; run(['--help']); print(*sys.modules)"
    output = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    loaded = set(output.splitlines()[-1].split())
    assert not loaded & {"lark", "duckdb", "jinja2", "hypothesis", "rich", "creditdsl.compile"}


def test_help_lists_every_command(creditdsl: Run) -> None:
    shown = creditdsl("--help")
    assert shown.returncode == 0
    assert all(f"  {name} " in shown.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_in_both_languages(name: str, creditdsl: Run) -> None:
    english, chinese = creditdsl(name, "--help"), creditdsl(name, "--help", "--lang", "zh")
    assert (english.returncode, chinese.returncode) == (0, 0)
    assert not CHINESE.search(english.stdout)
    assert chinese.stdout.startswith("用法: creditdsl ")
    for line in re.findall(r"^ +(?:-\w, )?--[\w-]+.*?  +(.+)$", chinese.stdout, re.MULTILINE):
        assert CHINESE.search(line)


def test_the_version_is_that_of_the_package(creditdsl: Run) -> None:
    import creditdsl as package

    assert creditdsl("--version").stdout == f"creditdsl {package.__version__}\n"


# Language, colours, encodings


@pytest.mark.parametrize(
    ("variables", "chinese"),
    [
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "en_US.UTF-8"}, False),
        ({"LANG": "C.UTF-8"}, False),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, True),
        ({"LC_MESSAGES": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, False),
    ],
)
def test_the_language_comes_from_the_locale(variables: dict[str, str], chinese: bool, creditdsl: Run) -> None:
    assert bool(CHINESE.search(creditdsl("--help", **variables).stdout)) == chinese


def test_lang_may_stand_before_or_behind_the_command(creditdsl: Run, rules: Path) -> None:
    before, behind = creditdsl("--lang", "zh", "check", rules), creditdsl("check", rules, "--lang=zh")
    assert before.stdout == behind.stdout
    assert "警告[CR0701]" in behind.stdout


def test_usage_errors_are_in_the_language_of_the_reader(creditdsl: Run) -> None:
    assert creditdsl("frob").stderr.endswith("Error: No such command 'frob'.\n")
    assert creditdsl("frob", LANG="zh_CN.UTF-8").stderr.endswith("错误:没有命令 'frob'。\n")
    assert "缺少选项 '--period'" in creditdsl("why", "a", "b", "--lang", "zh").stderr


def test_the_catalogue_of_clicks_messages_is_compiled_from_its_text() -> None:
    from gettext import GNUTranslations

    folder = REPOSITORY / "creditdsl" / "cli" / "locale" / "zh" / "LC_MESSAGES"
    text = (folder / "creditdsl.po").read_text(encoding="utf-8")
    with (folder / "creditdsl.mo").open("rb") as stream:
        compiled = GNUTranslations(stream)
    entries = re.findall(r'^msgid "(.+)"\n(?:msgid_plural "(.+)"\n)?msgstr(?:\[0\])? "(.+)"$', text, re.MULTILINE)
    assert len(entries) > 30
    for single, plural, chinese in entries:
        found = (
            compiled.ngettext(single, plural, 2)
            if plural
            else compiled.gettext(single.encode().decode("unicode_escape"))
        )
        assert found == chinese.replace("\\n", "\n").replace("\\t", "\t")


@pytest.mark.parametrize(
    ("arguments", "variables", "coloured"),
    [
        ((), {}, False),
        (("--color", "always"), {}, True),
        (("--color=never",), {}, False),
        ((), {"NO_COLOR": "1"}, False),
    ],
)
def test_colour_is_for_terminals_unless_asked(
    arguments: tuple[str, ...], variables: dict[str, str], coloured: bool, creditdsl: Run, rules: Path
) -> None:
    shown = creditdsl("check", rules, *arguments, **variables)
    assert ("\x1b[" in shown.stdout) == coloured


@pytest.mark.parametrize(("variables", "color"), [({}, None), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, None)])
def test_no_color_is_heard_on_a_terminal(variables: dict[str, str], color: bool | None) -> None:
    assert open_session([], variables).color is color
    assert open_session(["--color", "always"], variables).color is True


def test_a_terminal_in_gbk_shows_what_it_lacks_by_number(creditdsl: Run, tmp_path: Path) -> None:
    write(tmp_path / "rules.credit", frame() + 'invariant "\U0001f600" { monhts > 3 }\n')
    shown = subprocess.run(
        [sys.executable, "-m", "creditdsl", "check", "--lang", "zh", "rules.credit"],
        cwd=tmp_path,
        env=command_environment(PYTHONIOENCODING="gbk", LANG="zh_CN.GBK", PYTHONUTF8="0"),
        capture_output=True,
        check=False,
    )
    assert shown.returncode == 1
    assert "错误[CR0101]" in shown.stdout.decode("gbk")
    assert "\\U0001f600" in shown.stdout.decode("gbk")


# Ending


def run_after(first: str, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own, behind some statements."""
    program = f"sys.argv = ['creditdsl', *{arguments!r}]; from creditdsl.__main__ import main; main()"
    return subprocess.run(
        [sys.executable, "-c", f"import atexit, gc, sys, threading, time; {first}; {program}"],
        env=command_environment(),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("beside", ["", "; threading.Thread(target=time.sleep, args=(0.5,)).start()"])
def test_what_was_asked_for_at_the_end_of_the_process_is_done(beside: str) -> None:
    """Also where the process ends without taking its objects apart."""
    shown = run_after(f"atexit.register(print, 'the end'){beside}", ["--lang", "nothing"])
    assert (shown.returncode, shown.stdout) == (2, "the end\n")


SMALL, OTHER = (str(REPOSITORY / "policies" / name) for name in ("wuyi", "zhouqu"))


@pytest.mark.parametrize(
    ("arguments", "collects"),
    [(["check", SMALL], False), (["compile", SMALL], False), (["check", SMALL, OTHER], True), (["--version"], True)],
)
def test_what_one_policy_was_made_of_is_left_to_the_end_of_the_process(arguments: list[str], collects: bool) -> None:
    shown = run_after("atexit.register(lambda: print(gc.isenabled(), file=sys.stderr))", arguments)
    assert shown.returncode == 0
    assert shown.stderr.splitlines()[-1] == str(collects)


@pytest.mark.parametrize("command", ["check", "compile"])
def test_in_a_process_that_goes_on_the_collector_does_too(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([command, SMALL]) == 0
    assert gc.isenabled()


def test_a_pipe_that_is_closed_early_is_no_fault() -> None:
    command = f"{sys.executable} -m creditdsl compile {TAX_CREDIT} --emit core | head -n 1; echo ${{PIPESTATUS[0]}}"
    shown = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == "0"
    assert shown.stderr == ""


def test_a_fault_of_the_compiler_asks_for_a_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, last: bool) -> int:
        raise InternalError("the core has a hole")

    monkeypatch.setattr(check, "check_once", fail)
    monkeypatch.delenv("CREDITDSL_DEBUG", raising=False)
    assert run(["check"]) == 70
    told = capsys.readouterr().err
    assert "InternalError: the core has a hole" in told and "report" in told
    assert "Traceback" not in told
    monkeypatch.setenv("CREDITDSL_DEBUG", "1")
    assert run(["check"]) == 70
    assert "Traceback" in capsys.readouterr().err


def test_watching_checks_again_after_a_change_and_ends_with_the_status_of_an_interrupt(rules: Path) -> None:
    watching = subprocess.Popen(
        [sys.executable, "-u", "-m", "creditdsl", "check", "--watch", "--format", "concise", str(rules)],
        env=command_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert watching.stdout is not None and watching.stderr is not None
    try:
        assert watching.stderr.readline() == "1 policy checked: 6 warnings\n"
        time.sleep(0.6)
        write(rules, frame() + "define wrong = monhts\n")
        assert watching.stderr.readline().startswith("1 policy checked: 1 error")
        watching.send_signal(signal.SIGINT)
        assert watching.wait(20) == 130
    finally:
        watching.kill()
        watching.communicate()


@pytest.mark.parametrize(
    "arguments",
    [["check", "--format", "pdf"], ["nothing"], ["why"], ["compile"], ["new", "1st"], ["explain", "CR9999"]],
)
def test_wrong_usage_has_the_status_2(arguments: list[str], creditdsl: Run) -> None:
    shown = creditdsl(*arguments)
    assert shown.returncode == 2
    assert shown.stdout == ""
    assert "Error: " in shown.stderr


# check


def test_a_policy_without_faults_gives_status_0_and_says_so_on_standard_error(creditdsl: Run) -> None:
    shown = creditdsl("check", TAX_CREDIT)
    assert (shown.returncode, shown.stdout, shown.stderr) == (0, "", "1 policy checked: 0 errors\n")


def test_a_folder_of_policies_is_checked_whole(creditdsl: Run, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write(tmp_path / name / f"{name}.credit", frame() + "define wrong = monhts\n")
    shown = creditdsl("check", "--format", "concise")
    errors = [line.split(":")[0] for line in shown.stdout.splitlines() if "error[CR0101]" in line]
    assert errors == ["one/one.credit", "two/two.credit"]
    assert shown.returncode == 1 and shown.stderr.startswith("2 policies checked: 2 errors")


def test_reports_for_programs_are_whole_documents(creditdsl: Run, rules: Path) -> None:
    write(rules, frame() + "define wrong = monhts\n")
    found = json.loads(creditdsl("check", "--format", "json", rules).stdout)
    assert "CR0101" in {item["code"] for item in found["diagnostics"]}
    log = json.loads(creditdsl("check", "--format", "sarif", rules, "--lang", "zh").stdout)
    told = [result["message"]["text"] for result in log["runs"][0]["results"]]
    assert any(text.startswith("没有声明 `monhts`") for text in told)
    assert creditdsl("check", "--format", "github", rules).stdout.startswith("::error file=")


HOSTILE = {
    "empty": b"",
    "blank": b" \n\n",
    "binary": bytes(range(256)),
    "gb18030": "政策 示例".encode("gb18030"),
    "utf16": "policy a".encode("utf-16"),
    "large": b"# comment\n" * 5_000_000,
    "nested": b"define a = " + b"(" * 10_000 + b"1" + b")" * 10_000,
    "nested without an end": b"define a = " + b"{" * 50_000,
    "unterminated": b'policy a "' + b"x" * 100_000,
    "look-alikes": "pоlicy а {}".encode(),
    "zeros": b"\0" * 1000,
    "digits": b"define a = " + b"9" * 100_000,
    "a lone quotation mark": b'"',
    "control characters": b"policy a \x1b[2J\x07 {}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_a_code_and_without_a_traceback(
    name: str, creditdsl: Run, tmp_path: Path
) -> None:
    (tmp_path / "hostile.credit").write_bytes(HOSTILE[name])
    shown = creditdsl("check", "hostile.credit")
    assert shown.returncode == 1
    assert re.search(r"error\[CR00\d\d\]", shown.stdout)
    assert "Traceback" not in shown.stderr
    assert "\x1b" not in shown.stdout and "\x07" not in shown.stdout


def test_paths_that_are_no_files_are_refused(creditdsl: Run, tmp_path: Path) -> None:
    (tmp_path / "folder.credit").mkdir()
    os.mkfifo(tmp_path / "pipe.credit")
    for name in ("folder.credit", "pipe.credit", "missing.credit", "/dev/zero"):
        shown = creditdsl("check", name)
        assert shown.returncode == 1
        assert "error[CR0010]" in shown.stdout


# explain


def test_the_page_of_a_code_comes_in_the_language_of_the_reader(creditdsl: Run) -> None:
    english, chinese = creditdsl("explain", "CR0203").stdout, creditdsl("explain", "cr0203", "--lang", "zh").stdout
    assert english.startswith("# CR0203 ") and "How to mend it" in english and "怎么改" not in english
    assert "怎么改" in chinese and "How to mend it" not in chinese
    assert "### CR0203" in english and "### CR0203" in chinese


@pytest.mark.usefixtures("rules")
def test_a_rule_is_explained_with_its_basis_and_its_text(creditdsl: Run) -> None:
    assert creditdsl("explain", "never_delivered", "rules.credit", "--lang", "zh").stdout == (
        "never_delivered  未交货\n"
        "\n"
        "类别:指标\n"
        "依据:示例规则第1号 第二条\n"
        "位置:rules.credit:35\n"
        "\n"
        '    indicator never_delivered "未交货" / "Never delivered" {\n'
        "      basis    rules1 article 2\n"
        "      for each late\n"
        "      where    delivered is absent\n"
        "      deduct   10 points\n"
        "    }\n"
    )


def test_a_rule_that_does_not_exist_names_its_neighbours(creditdsl: Run) -> None:
    shown = creditdsl("explain", "010100", TAX_CREDIT)
    assert shown.returncode == 2
    assert "Did you mean 010103, 010102, 010101?" in shown.stderr


# fmt


def test_formatting_is_idempotent_and_checks_what_it_wrote(creditdsl: Run, rules: Path) -> None:
    write(rules, frame().replace("  ", "      "))
    assert creditdsl("fmt", "--check", rules).returncode == 1
    assert creditdsl("fmt", rules).returncode == 0
    written = rules.read_bytes()
    assert creditdsl("fmt", "--check", rules).returncode == 0
    creditdsl("fmt", rules)
    assert rules.read_bytes() == written


def test_a_difference_is_shown_and_nothing_is_written(creditdsl: Run, rules: Path) -> None:
    before = write(rules, frame().replace("  base", "      base")).read_bytes()
    shown = creditdsl("fmt", "--diff", rules)
    assert "-      base" in shown.stdout and "\n+  base" in shown.stdout
    assert rules.read_bytes() == before


def test_keywords_go_to_the_other_language_and_back(creditdsl: Run, rules: Path) -> None:
    creditdsl("fmt", rules)
    english = rules.read_text(encoding="utf-8")
    creditdsl("fmt", "--keywords", "zh", rules)
    chinese = rules.read_text(encoding="utf-8")
    assert "指标 never_delivered" in chinese and "indicator" not in chinese
    assert creditdsl("check", "--format", "concise", rules).returncode == 0
    creditdsl("fmt", "--keywords", "en", rules)
    assert rules.read_text(encoding="utf-8") == english


def test_a_file_that_does_not_parse_is_left_alone_and_the_others_are_formatted(creditdsl: Run, tmp_path: Path) -> None:
    broken = write(tmp_path / "broken.credit", "indicator {")
    other = write(tmp_path / "other.credit", "define    a   =  1\n")
    shown = creditdsl("fmt")
    assert shown.returncode == 1
    assert "broken.credit" in shown.stderr
    assert broken.read_text() == "indicator {" and other.read_text() == "define a = 1\n"


# new


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_new_policy_checks_tests_explains_and_documents_at_once(
    language: str, creditdsl: Run, tmp_path: Path
) -> None:
    assert creditdsl("new", "acme", "--lang", language).returncode == 0
    policy = (tmp_path / "acme" / "acme.credit").read_text(encoding="utf-8")
    assert ("政策 acme" if language == "zh" else "policy acme") in policy
    assert creditdsl("check", "acme", "--format", "json").stdout == '{\n  "schema": 1,\n  "diagnostics": []\n}\n'
    assert creditdsl("fmt", "--check", "acme").returncode == 0
    readme = (tmp_path / "acme" / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^creditdsl (.+)$", readme, re.MULTILINE)
    assert len(commands) == 5
    for command in commands:
        shown = creditdsl(*command.split())
        assert shown.returncode == 0, shown.stderr


@pytest.mark.parametrize("name", ["score", "政策", "note", "文件"])
def test_a_keyword_may_name_a_new_policy(name: str, creditdsl: Run) -> None:
    assert creditdsl("new", name).returncode == 0
    assert creditdsl("check", name).returncode == 0


def test_nothing_is_overwritten(creditdsl: Run, tmp_path: Path) -> None:
    (tmp_path / "acme").mkdir()
    kept = write(tmp_path / "acme" / "kept.txt", "mine")
    assert creditdsl("new", "acme").returncode == 2
    assert [path.name for path in (tmp_path / "acme").iterdir()] == [kept.name]


# compile


def test_a_compiled_module_needs_nothing_but_python_and_is_the_same_every_time(
    creditdsl: Run, rules: Path, tmp_path: Path
) -> None:
    assert creditdsl("compile", rules, "-o", "first.py", PYTHONHASHSEED="1").returncode == 0
    printed = creditdsl("compile", rules, "--target", "python", PYTHONHASHSEED="2", LANG="zh_CN.UTF-8").stdout
    assert (tmp_path / "first.py").read_text(encoding="utf-8") == printed
    imported = subprocess.run(
        [sys.executable, "-I", "-S", "first.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (imported.returncode, imported.stderr) == (0, "")


def test_the_core_can_be_printed(creditdsl: Run, rules: Path) -> None:
    assert creditdsl("compile", rules, "--emit", "core").stdout.startswith("policy supplier ")


def test_an_output_that_cannot_be_written_is_said(creditdsl: Run, rules: Path) -> None:
    shown = creditdsl("compile", rules, "-o", rules / "below.py")
    assert shown.returncode == 1
    assert "Could not open file" in shown.stderr and "Traceback" not in shown.stderr


# why

RUN = ("--period", "2020", "--as-of", "2021-04-30")
SUBJECT = {"id": "S1", "months": 12, "turnover": "10.5", "joined": None, "late": []}


def test_a_subject_that_is_wrong_is_refused_with_every_place(creditdsl: Run, rules: Path, tmp_path: Path) -> None:
    wrong = {**SUBJECT, "months": -1, "colour": "red", "late": [{"goods": "fod", "value": "1.234"}]}
    write(tmp_path / "s.json", json.dumps(wrong))
    shown = creditdsl("why", rules, "s.json", *RUN)
    assert shown.returncode == 1
    for place in ("`months`", "`colour`", "`late[0].goods`", "`late[0].due`", "`late[0].value`"):
        assert place in shown.stderr
    assert "s.json" in shown.stderr and shown.stdout == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[" * 100_000,
        '{"id": NaN}',
        '{"id": 1, "id": 2}',
        '{"months": ' + "9" * 5000 + "}",
        '{"months": 1e999999999}',
        "\ufeff{}",
        "null",
        '"\\ud800"',
        "[]",
    ],
    ids=range(11),
)
def test_json_that_is_no_subject_is_refused(text: str, creditdsl: Run, rules: Path, tmp_path: Path) -> None:
    write(tmp_path / "s.json", text)
    shown = creditdsl("why", rules, "s.json", *RUN)
    assert shown.returncode == 1
    assert re.search(r"error\[CR09\d\d\]", shown.stderr)
    assert "Traceback" not in shown.stderr


def test_a_subject_may_come_from_standard_input(creditdsl: Run, rules: Path) -> None:
    shown = creditdsl("why", rules, "-", *RUN, "--format", "json", input=json.dumps(SUBJECT))
    assert shown.returncode == 0, shown.stderr
    assert json.loads(shown.stdout)["subject"] == "S1"


def test_a_command_module_gives_a_command_for_each_language() -> None:
    for name in COMMANDS:
        assert load_command(name, "zh").help != load_command(name, "en").help


def test_a_policy_error_reaches_the_reader_with_its_source_line(creditdsl: Run, rules: Path) -> None:
    write(rules, frame() + "define wrong = monhts\n")
    shown = creditdsl("compile", rules)
    assert (shown.returncode, shown.stdout) == (1, "")
    assert "define wrong = monhts" in shown.stderr and "\n1 error" in shown.stderr
