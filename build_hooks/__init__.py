"""What MkDocs calls while it builds the site; `mkdocs.yml` lists the hooks in their order."""
