"""The wording of the batch engine, in Chinese and English. What it takes are the words of the tables, as they stand."""

from collections.abc import Sequence
from difflib import get_close_matches

from creditdsl.core.ir import Enumeration, InputField, InputTable
from creditdsl.diagnostics import Text

SHOWN = 60
"""How many characters of a cell a message repeats."""
LISTED = 12
"""How many names a message lists."""


def shown(text: str) -> str:
    """A cell as a message repeats it: shortened, and without line breaks or other characters that do not print."""
    line = "".join(character if character.isprintable() else " " for character in text)
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"


def listed(names: tuple[str, ...], separator: str) -> str:
    """Names in backticks, at most twelve of them."""
    rest = " …" if len(names) > LISTED else ""
    return separator.join(f"`{shown(name)}`" for name in names[:LISTED]) + rest


# Cells


def sheet_error(text: str) -> Text:
    return Text(
        f"`{shown(text)}` 是电子表格的错误值,不是数据", f"`{shown(text)}` is an error value of a spreadsheet, not data"
    )


def not_a_truth(text: str) -> Text:
    return Text(
        f"`{shown(text)}` 不是是非值,请写 是/否、yes/no、true/false 或 1/0",
        f"`{shown(text)}` is not a truth value; write yes/no, true/false, 1/0 or 是/否",
    )


def not_a_number(text: str) -> Text:
    return Text(
        f"`{shown(text)}` 不是数字,请只写数字和小数点,例如 `1234.5`",
        f"`{shown(text)}` is not a number; write digits and a point alone, such as `1234.5`",
    )


def grouped_number(text: str) -> Text:
    return Text(
        f"`{shown(text)}` 带有千位分隔符,请去掉逗号", f"`{shown(text)}` has thousands separators; remove the commas"
    )


def exponent(text: str) -> Text:
    return Text(
        f"`{shown(text)}` 是电子表格的科学计数法,可能已丢失数字;请将该列设为文本格式后重新导出",
        f"`{shown(text)}` is a spreadsheet's scientific notation and may have lost digits; "
        "format the column as text and export again",
    )


def not_whole(text: str) -> Text:
    return Text(f"`{shown(text)}` 不是整数", f"`{shown(text)}` is not a whole number")


def too_many_digits(text: str) -> Text:
    return Text(f"`{shown(text)}` 的位数过多", f"`{shown(text)}` has too many digits")


def serial_day(text: str, day: str) -> Text:
    return Text(
        f"`{shown(text)}` 像是电子表格的日期序号(即 {day});请将该列设为日期格式后重新导出",
        f"`{shown(text)}` looks like a spreadsheet's number of the day {day}; "
        "format the column as a date and export again",
    )


def damaged_code(text: str) -> Text:
    return Text(
        f"`{shown(text)}` 像是被电子表格变成数字的代码,可能已丢失前导零;请将该列设为文本格式后重新导出",
        f"`{shown(text)}` looks like a code that a spreadsheet turned into a number, perhaps without its leading zeros; "
        "format the column as text and export again",
    )


def damaged_choice(text: str, meant: str) -> Text:
    return Text(
        f"`{shown(text)}` 像是被电子表格变成数字的代码 `{meant}`;请将该列设为文本格式后重新导出",
        f"`{shown(text)}` looks like the code `{meant}` that a spreadsheet turned into a number; "
        "format the column as text and export again",
    )


def time_of_day(text: str) -> Text:
    return Text(
        f"`{shown(text)}` 在日期之后还有别的内容,请只写日期",
        f"`{shown(text)}` has more than a day in it; write the day alone",
    )


def no_such_day(text: str) -> Text:
    return Text(f"`{shown(text)}` 这一天不存在", f"`{shown(text)}` is a day that does not exist")


def not_a_day(text: str) -> Text:
    return Text(
        f"`{shown(text)}` 不是日期,请写成 `2020-01-05`、`2020/1/5`、`20200105` 或 `2020年1月5日`",
        f"`{shown(text)}` is not a date; write `2020-01-05`, `2020/1/5` or `20200105`",
    )


def not_a_month(text: str) -> Text:
    return Text(f"`{shown(text)}` 不是月份,请写成 `2020-11`", f"`{shown(text)}` is not a month; write `2020-11`")


def not_in_enum(text: str, enum: Enumeration, accepted: tuple[str, ...]) -> Text:
    close = tuple(get_close_matches(text, accepted, n=1))
    if close:
        return Text(
            f"`{shown(text)}` 不是 `{enum.name}` 的值,是否为 `{close[0]}`?",
            f"`{shown(text)}` is not a value of `{enum.name}`; did you mean `{close[0]}`?",
        )
    return Text(
        f"`{shown(text)}` 不是 `{enum.name}` 的值,可选的值有 {listed(enum.names, '、')}",
        f"`{shown(text)}` is not a value of `{enum.name}`, which has {listed(enum.names, ', ')}",
    )


# Files and headers


def line_too_long() -> Text:
    return Text("这一行太长,无法读取", "the line is too long to be read")


def undecodable(encoding: str, byte: int) -> Text:
    return Text(
        f"这一行含有不属于 {encoding.upper()} 编码的字节 0x{byte:02X}",
        f"the line has a byte 0x{byte:02X} that is not {encoding.upper()} text",
    )


def missing_table(table: InputTable) -> Text:
    return Text(
        f"缺少表 `{table.name}`{_quoted(table)}的文件 `{table.name}.csv` 或 `{table.name}.parquet`",
        f"there is no file `{table.name}.csv` or `{table.name}.parquet` for the table `{table.name}`",
    )


def _quoted(table: InputTable) -> str:
    return f"({table.label[0]})" if table.label else ""


def table_twice(table: InputTable, names: tuple[str, ...]) -> Text:
    return Text(
        f"表 `{table.name}` 有不止一个文件:{listed(names, '、')}",
        f"the table `{table.name}` has more than one file: {listed(names, ', ')}",
    )


def unknown_table(name: str, tables: Sequence[InputTable]) -> Text:
    names = tuple(table.name for table in tables)
    close = get_close_matches(name, [*names, *(label for table in tables for label in table.label)], n=1)
    if close:
        return Text(
            f"政策没有名为 `{shown(name)}` 的表,是否为 `{close[0]}`?",
            f"the policy has no table `{shown(name)}`; did you mean `{close[0]}`?",
        )
    return Text(
        f"政策没有名为 `{shown(name)}` 的表,可用的表有 {listed(names, '、')}",
        f"the policy has no table `{shown(name)}`; its tables are {listed(names, ', ')}",
    )


def unreadable_format(name: str) -> Text:
    return Text(
        f"不能读取 `{shown(name)}`,请另存为 CSV 或 Parquet,或者移出本文件夹",
        f"`{shown(name)}` cannot be read; save it as CSV or Parquet, or take it out of the folder",
    )


def no_folder() -> Text:
    return Text("这不是可以读取的文件夹", "this is not a folder that can be read")


def cannot_open(reason: str) -> Text:
    return Text(f"文件无法打开:{reason}", f"the file cannot be opened: {reason}")


def utf_16() -> tuple[Text, Text]:
    return (Text("文件是 UTF-16 编码", "the file is UTF-16"), _save_as_utf_8())


def zero_bytes() -> tuple[Text, Text]:
    return (Text("文件含有零字节,不是文本", "the file has zero bytes in it and is not text"), _save_as_utf_8())


def two_encodings() -> tuple[Text, Text]:
    return (
        Text(
            "文件按 UTF-8 和 GB 18030 都能读出,内容却不同",
            "the file can be read as UTF-8 and as GB 18030, with different letters",
        ),
        Text(
            "用 `--encoding utf-8` 或 `--encoding gb18030` 指明编码",
            "say which with `--encoding utf-8` or `--encoding gb18030`",
        ),
    )


def _save_as_utf_8() -> Text:
    return Text("请另存为 UTF-8 编码的 CSV", "save it as CSV in UTF-8")


def subject_without_key(subject: InputTable) -> Text:
    return Text(
        f"`{subject.name}` 没有声明 `key`,记录无法归到主体",
        f"`{subject.name}` declares no `key` by which records could be told to belong to a subject",
    )


def no_header() -> Text:
    return Text("第一行不是表头", "the first line is not a header")


def bad_parquet(reason: str) -> Text:
    return Text(f"文件不是可读的 Parquet:{reason}", f"the file is not readable Parquet: {reason}")


def not_a_part(name: str) -> Text:
    return Text(
        f"`{shown(name)}` 不是 Parquet 文件,不能作为表的一部分",
        f"`{shown(name)}` is no Parquet file and cannot be a part of the table",
    )


def no_parts() -> Text:
    return Text("文件夹中没有 Parquet 文件", "the folder has no Parquet file in it")


def unlike_part(first: str) -> Text:
    return Text(
        f"各列的名称或类型与 `{shown(first)}` 不同",
        f"the names or types of the columns are not those of `{shown(first)}`",
    )


def unsupported_type(name: str, type_: str) -> Text:
    return Text(
        f"列 `{shown(name)}` 的类型 {type_} 没有唯一的文本形式,不能使用",
        f"the column `{shown(name)}` has the type {type_}, whose values have no single exact text",
    )


def column_twice(field: str, first: str, second: str) -> Text:
    return Text(
        f"字段 `{field}` 出现了两列:`{shown(first)}` 和 `{shown(second)}`",
        f"the field `{field}` has two columns: `{shown(first)}` and `{shown(second)}`",
    )


def ambiguous_column(name: str, fields: tuple[str, ...]) -> Text:
    return Text(
        f"列名 `{shown(name)}` 是 {listed(fields, '、')} 共同的标签,请改用字段名",
        f"the column `{shown(name)}` is the label of {listed(fields, ' and ')}; use the name of the field",
    )


def unknown_column(name: str) -> Text:
    if not name:
        return Text("表头有一列没有名称", "a column of the header has no name")
    return Text(f"政策没有 `{shown(name)}` 这一列", f"the policy has no column `{shown(name)}`")


def other_separator(header: tuple[str, ...]) -> Text | None:
    """What to say when all of a header is one column with other separators in it."""
    found = next((mark for mark in (";", "\t", "\uff0c", "|") if len(header) == 1 and mark in header[0]), None)
    if found is None:
        return None
    sign = "\\t" if found == "\t" else found
    return Text(f"各列似乎以 `{sign}` 分隔,请改用逗号", f"the columns seem to be separated by `{sign}`; use commas")


def nearest_column(name: str, fields: Sequence[InputField]) -> Text | None:
    known = [field.name for field in fields] + [label for field in fields for label in field.label]
    close = get_close_matches(name, known, n=1)
    return Text(f"是否为 `{close[0]}`?", f"did you mean `{close[0]}`?") if close else None


def missing_columns(fields: tuple[InputField, ...]) -> Text:
    names = tuple(field.name for field in fields)
    return Text(f"表头缺少列:{listed(names, '、')}", f"the header lacks the columns {listed(names, ', ')}")


# Rows


def wrong_width(found: int, expected: int) -> Text:
    return Text(
        f"这一行有 {found} 个单元格,表头有 {expected} 列",
        f"the row has {found} cells, the header has {expected} columns",
    )


def broken_quotes() -> Text:
    return Text(
        "这一行的引号不配对,或引号之后还有文字", "a quote of this row is not closed, or text follows a closing quote"
    )


def no_key(column: str) -> Text:
    return Text(
        f"没有填写 `{shown(column)}`,不知道属于哪个主体",
        f"`{shown(column)}` is empty, so the row belongs to no subject",
    )


def key_twice(subject: InputTable, rows: tuple[int, ...]) -> Text:
    numbers = ", ".join(str(row) for row in rows[:LISTED]) + (" …" if len(rows) > LISTED else "")
    return Text(
        f"同一主体在 `{subject.name}` 中还出现在第 {numbers} 行",
        f"the same key stands also in row {numbers} of `{subject.name}`",
    )


def orphan(key: str, subject: InputTable) -> Text:
    return Text(f"`{subject.name}` 中没有 `{shown(key)}` 这个主体", f"there is no `{shown(key)}` in `{subject.name}`")


def too_many_records(table: InputTable, most: int) -> Text:
    return Text(
        f"该主体的 `{table.name}` 记录超过 {most} 条", f"the subject has more than {most} records in `{table.name}`"
    )


def set_aside(table: str, row: int) -> Text:
    return Text(
        f"该主体因 `{table}` 第 {row} 行有误而未予评价,本行一并退回",
        f"set aside with its subject, which row {row} of `{table}` keeps from being scored",
    )


# Runs


def foreign_target() -> Text:
    return Text(
        "这里已有别的内容,不是以前的评价结果,不会覆盖",
        "something stands here that is not the result of an earlier run; it is not replaced",
    )


def question_mark() -> Text:
    return Text(
        "结果文件夹的路径中不能有问号", "the path of the folder for the results may not have a question mark in it"
    )


# Spark


def no_pyspark() -> Text:
    return Text("没有安装 pyspark", "pyspark is not installed")


def install_pyspark() -> Text:
    return Text("安装:pip install 'creditdsl[spark]'", "install it: pip install 'creditdsl[spark]'")


def no_java() -> Text:
    return Text("找不到 Java,Spark 无法启动", "there is no Java, which Spark needs")


def install_java() -> Text:
    return Text(
        "安装 Java 17 或更高版本,并使 `java` 在 PATH 中,或设置 JAVA_HOME",
        "install Java 17 or later, and put `java` into the PATH or set JAVA_HOME",
    )


def spark_not_started(said: str) -> Text:
    return Text(f"Spark 没有启动:{said}", f"Spark did not start: {said}")


def spark_failed(said: str) -> Text:
    return Text(f"Spark 运行失败:{said}", f"Spark failed: {said}")


def spark_reads_parquet(name: str) -> Text:
    return Text(
        f"`{shown(name)}` 不是 Parquet,Spark 只读 Parquet",
        f"`{shown(name)}` is not Parquet, which is all that is read on Spark",
    )


def other_engine() -> Text:
    return Text("转换为 Parquet,或去掉 `--engine spark`", "convert it to Parquet, or leave out `--engine spark`")


def without_columns() -> Text:
    return Text("去掉 `--engine columns`,逐户评价", "leave out `--engine columns`: subjects are then scored one by one")


def without_spark() -> Text:
    return Text("去掉 `--engine spark`", "leave out `--engine spark`")


def colon_in_name(name: str) -> Text:
    return Text(
        f"`{shown(name)}` 的名称中有冒号,Spark 无法读取",
        f"Spark cannot read `{shown(name)}`, whose name has a colon in it",
    )
