"""Bring a translation up to its template: i18n_merge.py TEMPLATE.pot LANGUAGE.po"""

import sys
from pathlib import Path

import polib

# They would change at each export, and say nothing that git does not know.
VOLATILE = ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team")


def stable(catalogue):
    for header in VOLATILE:
        catalogue.metadata.pop(header, None)
    return catalogue


def main(template_path, path):
    template = stable(polib.pofile(template_path, wrapwidth=78))
    template.save(template_path)
    if Path(path).exists():
        catalogue = polib.pofile(path, wrapwidth=78)
        catalogue.merge(template)
        for entry in catalogue.obsolete_entries():
            catalogue.remove(entry)
    else:
        catalogue = polib.pofile(template_path, wrapwidth=78)
    catalogue.metadata["Language"] = Path(path).stem
    catalogue.metadata["Plural-Forms"] = (
        "nplurals=3; plural=(n==1 ? 0 : (n==0 || (n%100>0 && n%100<20)) ? 1 : 2);"
    )
    stable(catalogue).save(path)
    missing = len(catalogue.untranslated_entries()) + len(catalogue.fuzzy_entries())
    sys.stdout.write(f"{path}: {len(catalogue)} terms, {missing} to translate\n")


main(*sys.argv[1:])
