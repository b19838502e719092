import {isBarcodeScannerSupported} from "@web/core/barcode/barcode_video_scanner";
import {scanBarcode} from "@web/core/barcode/barcode_dialog";
import {AutoComplete} from "@web/core/autocomplete/autocomplete";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {Component} from "@odoo/owl";

/**
 * The one search box of the intake: finds equipment and customers by whatever is at
 * hand. A scanner that types an equipment's ID or serial number and Enter picks it at
 * once.
 */
export class LookupField extends Component {
  static template = "workmanager_service.LookupField";
  static components = {AutoComplete};
  static props = {...standardFieldProps, placeholder: {type: String, optional: true}};

  setup() {
    this.orm = useService("orm");
    this.notification = useService("notification");
    this.canScan = isBarcodeScannerSupported();
  }

  get sources() {
    return [{options: this.search.bind(this), optionSlot: "option"}];
  }

  async search(text) {
    if (text.trim().length < 2) {
      return [];
    }
    const {equipment, customers} = await this.find(text);
    const options = [
      ...equipment.map((row) => ({
        label: row.name,
        data: {icon: "fa-laptop", ...row},
        onSelect: () => this.useEquipment(row),
      })),
      ...customers.map((row) => ({
        label: row.name,
        data: {icon: "fa-user", ...row},
        onSelect: () => this.useCustomer(row),
      })),
    ];
    if (!equipment.some((row) => row.exact)) {
      options.push({
        label: _t("New equipment with the serial number “%s”", text),
        data: {icon: "fa-plus"},
        onSelect: () => this.newEquipment(text),
      });
    }
    return options;
  }

  find(text) {
    return this.orm.call("workmanager.equipment", "lookup", [text]);
  }

  useEquipment(row) {
    return this.props.record.update({
      equipment_id: {id: row.id, display_name: `[${row.ref}] ${row.name}`},
    });
  }

  useCustomer(row) {
    return this.props.record.update({
      partner_id: {id: row.id, display_name: row.name},
    });
  }

  newEquipment(text) {
    return this.props.record.update({
      equipment_id: false,
      serial_number: text.trim(),
    });
  }

  /** A scanner's Enter comes before the list is there: answer it from the server. */
  async onScanned(text) {
    const {equipment, customers} = await this.find(text);
    const exact = equipment.filter((row) => row.exact);
    const [only] = exact.length ? exact : equipment;
    if (only && (exact.length === 1 || equipment.length === 1)) {
      return this.useEquipment(only);
    }
    if (!equipment.length && customers.length === 1) {
      return this.useCustomer(customers[0]);
    }
    if (!equipment.length && !customers.length) {
      await this.newEquipment(text);
      this.notification.add(_t("Nothing is known of “%s” yet.", text), {
        type: "info",
      });
    }
  }

  async onCameraClick() {
    const text = await scanBarcode(this.env);
    if (text) {
      await this.onScanned(text);
    }
  }
}

registry.category("fields").add("workmanager_lookup", {
  component: LookupField,
  supportedTypes: ["char"],
  extractProps: ({placeholder}) => ({placeholder}),
});
