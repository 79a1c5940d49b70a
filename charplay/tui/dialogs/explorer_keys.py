"""The keys of the explorer, and its tabs."""

from charplay.tui.command import Command

TABS = {
    "read": ("1", "Read", "The text itself"),
    "chars": ("2", "Chars", "The characters, each with how often it comes"),
    "words": ("3", "Words", "The words, or n-grams of words or characters"),
    "lines": ("4", "Lines", "The hits of the search in their contexts: a concordance"),
    "keys": ("5", "Keys", "What is said more, or less, often than in another text: keywords"),
    "xray": ("6", "X-ray", "The whole text as a map of where it is hard to foretell: what is unlike the rest"),
    "clean": ("7", "Clean", "What every cleaning rule would change; those that are on hold for the next run"),
}
"""The tabs' keys, what they are called, and what they show."""
TABLES = ("chars", "words", "lines", "keys", "clean")
SEARCHES_ROWS = ("chars", "words", "keys", "clean")
"""Tabs in which a search is for a row; else it is for a place of the text."""
ONLY_IN = {
    **dict.fromkeys(("random", "go_to", "mark", "cut", "shannon"), ("read",)),
    **dict.fromkeys(("tint", "prompt"), ("read", "xray")),
    **dict.fromkeys(("enter", "write"), (*TABLES, "xray")),
    **dict.fromkeys(("sort", "reverse"), TABLES),
    **dict.fromkeys(("unit", "longer", "case", "around"), ("words",)),
    "other": ("keys",),
    "arguments": ("clean",),
}
"""Commands whose keys the line of keys shows in some tabs alone, and in which."""
OTHERWISE = {("enter", "clean"): "on, off", ("enter", "xray"): "zoom in", ("tint", "xray"): "n-grams or network"}
"""What keys do in a tab that do something else elsewhere."""
LAST = {"explorer.keys": -2, "explorer.close": -1}
"""Keys at the right-hand end of the line of keys."""

COMMANDS = (
    Command("explorer.search", "slash", "search", "Search the text, or the rows of a table", footer=True,
            action="search"),
    Command("explorer.next", "n", "next", "To the next hit", footer=True, action="step(1)"),
    Command("explorer.previous", "N", "previous", "To the hit before", action="step(-1)"),
    Command("explorer.enter", "enter", "places", "Read where the row's occurrences are, and n goes on to the next; "
            "zoom into an X-ray's cell, down to the text; switch a cleaning rule on or off", footer=True,
            action="enter"),
    Command("explorer.unit", "u", "unit", "Count words, or characters", footer=True, action="count('unit')"),
    Command("explorer.longer", "plus", "longer", "Count longer n-grams", footer=True, action="count('longer')"),
    Command("explorer.shorter", "minus", "shorter", "Count shorter n-grams", action="count('shorter')"),
    Command("explorer.case", "f", "case", "Fold case: count The and the as one, or as two", footer=True,
            action="count('case')"),
    Command("explorer.around", "i", "around", "What comes near this word more often than by chance: its collocates",
            footer=True, action="around"),
    Command("explorer.other", "c", "compare", "Choose what the keywords are beside: another text, or what the network "
            "writes", footer=True, action="other"),
    Command("explorer.arguments", "e", "arguments", "Type the arguments of the cleaning rule of the row", footer=True,
            action="arguments"),
    Command("explorer.sort", "s", "sort", "Sort by the next column", footer=True, action="sort"),
    Command("explorer.reverse", "S", "reverse", "Sort the other way round, such as from the rare end",
            footer=True, action="reverse"),
    Command("explorer.write", "w", "csv", "Write the table as CSV into the home's texts", footer=True,
            action="write"),
    Command("explorer.go_to", "colon", "go to", "Go to a character (12,345), a share (40%) or a line (L120)",
            footer=True, action="go_to"),
    Command("explorer.random", "r", "random", "To a passage somewhere in the text", footer=True, action="random"),
    Command("explorer.tint", "v", "tint", "Tint the text by the network's surprise, or probability; an X-ray by "
            "n-grams, or the network", footer=True, action="tint"),
    Command("explorer.prompt", "P", "prompt", "Let the network go on from what is marked, or from this page",
            footer=True, action="prompt"),
    Command("explorer.mark", "m", "mark", "Begin a range at what one has jumped to, or at this page, and end it there",
            footer=True, action="ranges('mark')"),
    Command("explorer.cut", "x", "cut", "Cut what is marked out of the next run's text; the file stays as it is",
            footer=True, action="ranges('cut')"),
    Command("explorer.keep", "K", "keep", "Keep only what is marked of the next run's text", action="ranges('keep')"),
    Command("explorer.take_back", "z", "take back", "Take back what was marked, cut or kept last",
            action="ranges('take back')"),
    Command("explorer.as_text", "T", "as text", "Make a new text of what is marked, or of this page",
            action="keep_as_text"),
    Command("explorer.shannon", "G", "guess", "Shannon's game: guess what comes next, beside a 5-gram and a network",
            footer=True, action="shannon"),
    Command("explorer.copy", "y", "copy", "Copy what is marked, or this page; in a table, the row", footer=True,
            action="copy"),
    *(Command(f"explorer.tab_{name}", keys, title.lower(), sentence, action=f"tab('{name}')")
      for name, (keys, title, sentence) in TABS.items()),
    Command("explorer.tab_next", "tab", "next tab", "To the next tab", action="next_tab(1)"),
    Command("explorer.tab_before", "shift+tab", "tab before", "To the tab before", action="next_tab(-1)"),
    Command("explorer.keys", "question_mark", "keys", "Show every key", footer=True, action="app.keys"),
    Command("explorer.close", "escape", "back", "One step back: leave the field, give up what is under way, go "
            "where one was before, leave the text", footer=True, action="close"),
)  # fmt: skip


def key_label(name: str, description: str, open_tab: str) -> str:
    """Return what the line of keys calls a command in a tab; nothing where its key means nothing there."""
    if open_tab not in ONLY_IN.get(name, TABS):
        return ""
    return OTHERWISE.get((name, open_tab), description)
