"""`creditdsl`: finds the command, runs it, and turns everything that can go wrong into an exit status.

0 done; 1 the policy, a case or data is wrong; 2 usage; 3 differences, where asked for; 70 a fault of the compiler;
130 interrupted.
"""

import io
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

import click

from creditdsl import __version__
from creditdsl.cli.language import say, speak
from creditdsl.cli.session import Session, open_session, print_findings
from creditdsl.diagnostics import LANGUAGES, InternalError, Language, PolicyError, Text

WRONG = 1
FAULT = 70
INTERRUPTED = 130

COMMANDS = {
    "new": Text(
        "新建一个可直接检查、测试和发布的政策文件夹", "Write a policy folder that checks, tests and documents."
    ),
    "check": Text("检查规则文件", "Check rule files."),
    "fmt": Text("统一规则文件的格式,转换关键词的语言", "Format rule files; convert keywords between languages."),
    "test": Text("运行案例,并在自动生成的主体上检验性质", "Run the cases, and properties on generated subjects."),
    "explain": Text("说明一个诊断代码或一条规则", "Explain a diagnostic code or a rule."),
    "consolidate": Text("打印某日施行的文本", "Print the text in force on a day."),
    "compile": Text("把政策编译成程序", "Compile a policy to a program."),
    "score": Text("批量评价数据表中的主体", "Score the subjects of tables."),
    "why": Text("说明一个主体为何得到这个级别", "Show why a subject gets its grade."),
    "advise": Text("说明办理一个事项时适用哪些措施", "Say what applies to an applicant for a service item."),
    "match": Text("列出主体可以申请的产品", "List the offers that a subject can have."),
    "draw": Text("抽取检查样本", "Draw the samples of inspections."),
    "diff": Text("比较政策的两个版本", "Compare two versions of a policy."),
    "docs": Text("把政策发布为网页", "Publish a policy as web pages."),
}
"""The commands in the order of `--help`; the module of each has its name."""


class Commands(click.Group):
    """The group of commands, whose modules are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        return load_command(cmd_name, _session(ctx).language)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        session = _session(ctx)
        with formatter.section(session.say("命令", "Commands")):
            formatter.write_dl([(name, text.in_language(session.language)) for name, text in COMMANDS.items()])


def _session(context: click.Context) -> Session:
    session = context.find_object(Session)
    if session is None:
        raise InternalError("a command was run without a session")
    return session


def load_command(name: str, language: Language) -> click.Command:
    """The command of a module, with the options that all commands have."""
    command = import_module(f"creditdsl.cli.{name}").command(language)
    if not isinstance(command, click.Command):
        raise InternalError(f"creditdsl.cli.{name}.command gives no command")
    command.params.extend(_common_options(language))
    command.options_metavar = say(language, "[选项]", "[OPTIONS]")
    return command


def run(arguments: Sequence[str], *, ends: bool = False) -> int:
    """Run one command line and give its exit status; nothing is raised. `ends` says that the process ends with it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A rule file may hold what the terminal's encoding lacks; it is shown by number, and the run goes on.
            stream.reconfigure(errors="backslashreplace")
    session = open_session(arguments, os.environ, ends=ends)
    speak(session.language)
    try:
        return _invoke(arguments, session)
    except BrokenPipeError:
        # The reader has left (`creditdsl … | head`): nothing more to say, not even by the interpreter's last flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (KeyboardInterrupt, click.Abort):
        click.echo(session.say("已中断", "interrupted"), err=True)
        return INTERRUPTED
    except Exception as fault:  # noqa: BLE001 - the last resort of the program: what is left is a fault of the compiler
        return _fault(fault, session)


def _invoke(arguments: Sequence[str], session: Session) -> int:
    try:
        status = _group(session.language).main(
            list(arguments), "creditdsl", standalone_mode=False, obj=session, color=session.color
        )
        sys.stdout.flush()
    except PolicyError as error:
        print_findings(error.diagnostics, session)
        return WRONG
    except click.ClickException as error:
        error.show()
        return error.exit_code
    return status if isinstance(status, int) else 0


def _fault(fault: Exception, session: Session) -> int:
    if os.environ.get("CREDITDSL_DEBUG") == "1":
        traceback.print_exception(fault)
    click.echo(
        session.say(
            f"creditdsl 出现内部故障:{type(fault).__name__}: {fault}\n"
            "这是编译器的错误,不是规则文件的错误。请连同规则文件一并报告;设置 CREDITDSL_DEBUG=1 可显示详情。",
            f"creditdsl failed: {type(fault).__name__}: {fault}\n"
            "This is a fault of the compiler, not of your files. Please report it together with the rule files; "
            "CREDITDSL_DEBUG=1 shows the details.",
        ),
        err=True,
    )
    return FAULT


def _group(language: Language) -> Commands:
    return Commands(
        "creditdsl",
        params=[*_common_options(language), _version_option(language)],
        help=say(
            language,
            "把信用政策写成规则文件,检查、测试、编译、评价并发布。",
            "Write credit policy as rule files; check, test, compile, score and publish it.",
        ),
        options_metavar=say(language, "[选项]", "[OPTIONS]"),
        subcommand_metavar=say(language, "命令 [参数]...", "COMMAND [ARGS]..."),
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )


def _common_options(language: Language) -> list[click.Parameter]:
    """The options that stand before or behind the command; `open_session` reads them, click checks and shows them."""
    return [
        click.Option(
            ["--lang"],
            type=click.Choice(LANGUAGES),
            expose_value=False,
            help=say(language, "提示和报告的语言,默认依系统区域设置", "Language of messages; default from the locale."),
        ),
        click.Option(
            ["--color"],
            type=click.Choice(["auto", "always", "never"]),
            expose_value=False,
            help=say(language, "是否使用颜色,默认仅在终端上使用", "Whether to colour; default only on a terminal."),
        ),
    ]


def _version_option(language: Language) -> click.Parameter:
    def show(context: click.Context, _parameter: click.Parameter, asked: bool) -> None:
        if asked:
            click.echo(f"creditdsl {__version__}")
            context.exit()

    return click.Option(
        ["--version"],
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=show,
        help=say(language, "显示版本后退出", "Show the version and exit."),
    )
