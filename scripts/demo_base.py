"""Makes a database with our addons Romanian, before the demo data is loaded.

Run by ``scripts/demo`` in Odoo's shell: ``env`` is there.
"""

LANGUAGES = ("en_US", "ro_RO")

company = env.ref("base.main_company")  # noqa: F821
env = company.env
company.country_id = env.ref("base.ro")
env["account.chart.template"].try_loading("ro", company, install_demo=False)
for code in LANGUAGES:
    env["res.lang"]._activate_lang(code)
env["base.language.install"].create(
    {
        "lang_ids": env["res.lang"].search([("code", "in", LANGUAGES)]).ids,
        "overwrite": True,
    }
).lang_install()
env.user.tz = env.ref("base.user_admin").tz = "Europe/Bucharest"
