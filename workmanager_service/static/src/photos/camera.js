import {Component, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {getDataURLFromFile} from "@web/core/utils/urls";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

// What the server keeps: a telephone sends no more than that over its network.
const MAX_SIZE = 1920;
const QUALITY = 0.85;

/**
 * @param {File} file
 * @returns {Promise<String>} the picture as base64, upright and in the size that is kept
 */
async function readPicture(file) {
  let url = null;
  try {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, MAX_SIZE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    url = canvas.toDataURL("image/jpeg", QUALITY);
  } catch {
    // The browser cannot read it: the server says what is wrong with it.
    url = await getDataURLFromFile(file);
  }
  return url.split(",")[1];
}

/** A button that opens the camera of a phone, or the files of a computer. */
export class CameraButton extends Component {
  static template = "workmanager_service.CameraButton";
  static props = {
    sheetId: Number,
    checkId: {type: Number, optional: true},
    label: {type: String, optional: true},
    title: String,
    icon: {type: String, optional: true},
    isGallery: {type: Boolean, optional: true},
    className: {type: String, optional: true},
    onTaken: Function,
    beforeTaken: {type: Function, optional: true},
  };
  static defaultProps = {icon: "fa-camera", className: "btn-secondary"};

  setup() {
    this.orm = useService("orm");
    this.state = useState({isBusy: false});
  }

  async onChange(ev) {
    const input = ev.target;
    if (!input.files.length) {
      return;
    }
    this.state.isBusy = true;
    try {
      await this.props.beforeTaken?.();
      for (const file of input.files) {
        await this.orm.create("workmanager.photo", [
          {
            sheet_id: this.props.sheetId,
            check_id: this.props.checkId || false,
            image_1920: await readPicture(file),
          },
        ]);
      }
    } finally {
      this.state.isBusy = false;
      input.value = "";
      await this.props.onTaken();
    }
  }
}

/** The camera on the form of a sheet. */
class CameraWidget extends Component {
  static template = "workmanager_service.CameraWidget";
  static components = {CameraButton};
  static props = {...standardWidgetProps};

  get sheetId() {
    return this.props.record.resId;
  }

  save() {
    return this.props.record
      .isDirty()
      .then((isDirty) => isDirty && this.props.record.save());
  }

  reload() {
    return this.props.record.load();
  }
}

registry.category("view_widgets").add("workmanager_camera", {component: CameraWidget});
