import {scanBarcode} from "@web/core/barcode/barcode_dialog";
import {isBarcodeScannerSupported} from "@web/core/barcode/barcode_video_scanner";
import {hasTouch} from "@web/core/browser/feature_detection";
import {registry} from "@web/core/registry";
import {CharField, charField} from "@web/views/fields/char/char_field";

/** A text that a scanner types, or the camera of a phone reads. */
export class ScanField extends CharField {
  static template = "workmanager_stock_link.ScanField";

  setup() {
    super.setup();
    this.canScan = hasTouch() && isBarcodeScannerSupported();
  }

  /** Enter, with which a scanner ends each code, counts it and waits for the next. */
  async onKeydown(ev) {
    if (ev.key !== "Enter") {
      return;
    }
    ev.preventDefault();
    ev.stopPropagation();
    await this.use(ev.target.value);
  }

  async scan() {
    const code = await scanBarcode(this.env);
    if (code) {
      await this.use(code);
      if ("vibrate" in navigator) {
        navigator.vibrate(100);
      }
    }
  }

  async use(code) {
    if (!code.trim()) {
      return;
    }
    await this.props.record.update({[this.props.name]: code.trim()});
    if (this.input.el) {
      this.input.el.value = "";
      this.input.el.focus();
    }
  }
}

registry.category("fields").add("workmanager_scan", {
  ...charField,
  component: ScanField,
});
