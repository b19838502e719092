import {AutoComplete} from "@web/core/autocomplete/autocomplete";
import {scanBarcode} from "@web/core/barcode/barcode_dialog";
import {isBarcodeScannerSupported} from "@web/core/barcode/barcode_video_scanner";
import {hasTouch} from "@web/core/browser/feature_detection";
import {getActiveHotkey} from "@web/core/hotkeys/hotkey_service";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useChildRef, useService} from "@web/core/utils/hooks";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {Component, useRef} from "@odoo/owl";

// The server finds nothing by less.
const MIN_LENGTH = 3;
const PHONE = /^(\+\d{8,14}|0\d{9})$/;

/** Tells a person, who has read the list, from a scanner, whose Enter comes before it. */
class LookupAutoComplete extends AutoComplete {
  static props = {...AutoComplete.props, onScanned: Function};

  async onInputKeydown(ev) {
    if (!this.loadingPromise || getActiveHotkey(ev) !== "enter") {
      return super.onInputKeydown(ev);
    }
    ev.stopPropagation();
    ev.preventDefault();
    if (await this.props.onScanned(this.inputRef.el.value.trim())) {
      this.forget();
    }
  }

  /** Empty the box, and do without the list that is still on its way. */
  forget() {
    this.debouncedProcessInput.cancel();
    this.pendingPromise = this.loadingPromise = null;
    this.inEdition = false;
    this.state.value = this.inputRef.el.value = "";
    this.close();
  }
}

/**
 * The one search box of the intake: finds equipment and customers by whatever is at
 * hand. A scanner that types an equipment's ID or serial number and Enter picks it at
 * once; what is not known goes into the field where it belongs.
 */
export class LookupField extends Component {
  static template = "workmanager_service.LookupField";
  static components = {LookupAutoComplete};
  static props = {...standardFieldProps, placeholder: {type: String, optional: true}};

  setup() {
    this.orm = useService("orm");
    this.notification = useService("notification");
    this.canScan = isBarcodeScannerSupported();
    this.root = useRef("root");
    this.input = useChildRef();
  }

  get sources() {
    return [{options: this.search.bind(this), optionSlot: "option"}];
  }

  async search(text) {
    if (text.length < MIN_LENGTH) {
      return [];
    }
    const {equipment, customers} = await this.find(text);
    return [
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
      ...(equipment.some((row) => row.exact) ? [] : this.getNewOptions(text)),
    ];
  }

  getNewOptions(text) {
    const labels = {
      customer_email: _t("New customer with the e-mail “%s”", text),
      customer_name: _t("New customer “%s”", text),
      customer_phone: _t("New customer with the phone number “%s”", text),
      serial_number: _t("New equipment with the serial number “%s”", text),
    };
    const fields = new Set([this.guessField(text), "serial_number"]);
    return [...fields].map((field) => ({
      label: labels[field],
      data: {icon: "fa-plus"},
      onSelect: () => this.useAsNew(field, text),
    }));
  }

  find(text) {
    return this.orm.call("workmanager.equipment", "lookup", [text]);
  }

  /** What a text that nobody knows yet is most likely to be. */
  guessField(text) {
    if (text.includes("@")) {
      return "customer_email";
    }
    if (PHONE.test(text.replace(/[\s()./-]/g, ""))) {
      return "customer_phone";
    }
    return /\d/.test(text) ? "serial_number" : "customer_name";
  }

  async useEquipment(row) {
    await this.props.record.update({
      equipment_id: {id: row.id, display_name: `[${row.ref}] ${row.name}`},
    });
    this.focusOn("claimed_fault");
  }

  async useCustomer(row) {
    await this.props.record.update({
      partner_id: {id: row.id, display_name: row.name},
    });
    this.focusOn("equipment_type_id");
  }

  async useAsNew(field, text) {
    if (field === "serial_number") {
      await this.props.record.update({equipment_id: false, serial_number: text});
    } else {
      await this.props.record.update({partner_id: false, [field]: text});
    }
    if (this.props.record.data.partner_id) {
      this.focusOn("equipment_type_id");
    } else {
      this.focusOn(field === "customer_name" ? "customer_phone" : "customer_name");
    }
  }

  /** Go on where the next word is typed; a phone would open its keyboard for that. */
  focusOn(field) {
    if (!hasTouch()) {
      this.root.el
        .closest(".o_form_renderer")
        .querySelector(`[name=${field}] :is(input, textarea)`)
        ?.focus();
    }
  }

  /**
   * Answer a scan, which wants no choice from a list where there is none to make.
   *
   * @returns {Promise<Boolean>} whether it is answered; a person must choose otherwise
   */
  async onScanned(text) {
    if (text.length < MIN_LENGTH) {
      return false;
    }
    const {equipment, customers} = await this.find(text);
    const exact = equipment.filter((row) => row.exact);
    if (exact.length === 1) {
      await this.useEquipment(exact[0]);
    } else if (!equipment.length && customers.length === 1) {
      await this.useCustomer(customers[0]);
    } else if (!equipment.length && !customers.length) {
      await this.useAsNew(this.guessField(text), text);
      this.notification.add(_t("Nothing is known of “%s” yet.", text), {
        type: "info",
      });
    } else {
      return false;
    }
    return true;
  }

  async onCameraClick() {
    const text = await scanBarcode(this.env);
    if (text && !(await this.onScanned(text.trim()))) {
      this.input.el.value = text.trim();
      this.input.el.dispatchEvent(new InputEvent("input"));
    }
  }
}

registry.category("fields").add("workmanager_lookup", {
  component: LookupField,
  supportedTypes: ["char"],
  extractProps: ({placeholder}) => ({placeholder}),
});
