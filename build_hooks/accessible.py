"""Name what the theme leaves without a name for a screen reader."""

SEARCH = 'data-md-component="search" role="dialog"'


def on_post_page(output: str, **_: object) -> str:
    # As a title, the theme would prepare a tooltip for each of them, at each visit, that says nothing new.
    output = output.replace('title="Permanent link"', 'aria-label="Permanent link"')
    return output.replace(SEARCH, SEARCH + ' aria-label="Search"')


def on_post_template(output_content: str, **_: object) -> str:
    return on_post_page(output_content)  # the page for what was not found
