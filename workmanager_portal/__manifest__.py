{
    "name": "Workmanager Portal",
    "summary": "My Services for customers, and a status page without an account",
    "version": "19.0.1.1.0",
    "category": "Services/Workmanager",
    "author": "Workmanager",
    "license": "LGPL-3",
    "images": ["static/description/banner.png"],
    "depends": ["workmanager_service", "portal"],
    "data": [
        "security/ir.model.access.csv",
        "data/ir_config_parameter_data.xml",
        "views/portal_templates.xml",
        "views/res_config_settings_views.xml",
        "views/sale_portal_templates.xml",
        "views/status_templates.xml",
        "views/workmanager_sheet_views.xml",
    ],
    "assets": {
        "web.assets_frontend": [
            "workmanager_portal/static/src/scss/workmanager_portal.scss",
        ],
    },
}
