from odoo import api, models
from odoo.tools import ormcache


class Stage(models.Model):
    """The stages as customers read them.

    They change once in a while, and every page of a service shows them all: they are
    kept in memory.
    """

    _inherit = "workmanager.stage"

    @api.model
    @ormcache("self.env.lang")
    def _get_portal_stages(self):
        """Return (state, label, whether it is in use) of each stage, by its ID.

        The archived ones are among them: the history of a sheet has them.
        """
        stages_sudo = self.sudo().with_context(active_test=False).search_fetch([])
        return {
            stage.id: (stage.state, stage.customer_label or stage.name, stage.active)
            for stage in stages_sudo
        }
