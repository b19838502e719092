import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

const REPORT = "workmanager_service.action_report_equipment_history";

/** The story of an equipment, a page at a time. */
export class EquipmentHistory extends Component {
  static template = "workmanager_service.EquipmentHistory";
  static props = {
    ...standardWidgetProps,
    // The field with the equipment, where the record is not the equipment itself.
    equipment: {type: String, optional: true},
  };

  setup() {
    this.orm = useService("orm");
    this.action = useService("action");
    this.state = useState({entries: [], next: false});
    onWillStart(() => this.load(this.getEquipmentId(this.props)));
    onWillUpdateProps((props) => {
      const equipmentId = this.getEquipmentId(props);
      return equipmentId === this.equipmentId ? undefined : this.load(equipmentId);
    });
  }

  getEquipmentId({equipment, record}) {
    return equipment ? record.data[equipment].id : record.resId;
  }

  async load(equipmentId) {
    this.equipmentId = equipmentId;
    Object.assign(this.state, {entries: [], next: false});
    await this.showOlder(0);
  }

  async showOlder(offset) {
    const {equipmentId} = this;
    if (!equipmentId) {
      return;
    }
    const page = await this.orm.call("workmanager.equipment", "get_history", [
      [equipmentId],
      offset,
    ]);
    // Meanwhile the person may have chosen another equipment.
    if (equipmentId === this.equipmentId) {
      this.state.entries.push(...page.entries);
      this.state.next = page.next;
    }
  }

  print() {
    return this.action.doAction(REPORT, {
      additionalContext: {active_ids: [this.equipmentId]},
    });
  }

  openSheet(sheetId) {
    return this.action.doAction({
      type: "ir.actions.act_window",
      res_model: "workmanager.sheet",
      res_id: sheetId,
      views: [[false, "form"]],
      // A page that is being filled in stays where it is.
      target: this.props.equipment ? "new" : "current",
    });
  }
}

registry.category("view_widgets").add("workmanager_history", {
  component: EquipmentHistory,
  extractProps: ({attrs}) => ({equipment: attrs.equipment}),
});
