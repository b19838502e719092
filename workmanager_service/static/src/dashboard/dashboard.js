import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {KanbanRenderer} from "@web/views/kanban/kanban_renderer";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {ListRenderer} from "@web/views/list/list_renderer";
import {listView} from "@web/views/list/list_view";

/** What needs a person today; a card shows its sheets in the view below. */
export class ServiceDashboard extends Component {
  static template = "workmanager_service.Dashboard";
  static props = {list: {type: Object, optional: true}};

  setup() {
    this.orm = useService("orm");
    this.action = useService("action");
    this.state = useState({sections: [], chosen: false});
    onWillStart(() => this.load());
    onWillUpdateProps(() => this.load());
  }

  async load() {
    this.state.sections = await this.orm.call("workmanager.sheet", "get_dashboard", []);
    const {query, searchItems} = this.env.searchModel;
    // The card stays marked as long as its filter is on.
    const names = query.map(({searchItemId}) => searchItems[searchItemId].cardKey);
    this.state.chosen = names.find(Boolean) || false;
  }

  /** The parts in which anything waits, or is looked at. */
  get busySections() {
    return this.state.sections.filter(({cards}) =>
      cards.some(({count, key}) => count || key === this.state.chosen)
    );
  }

  openCard(card) {
    if (card.action) {
      return this.action.doAction(card.action);
    }
    const {searchModel} = this.env;
    const isChosen = this.state.chosen === card.key;
    searchModel.query = [];
    if (isChosen) {
      return searchModel.toggleSearchItem(
        searchModel.getSearchItems(({name}) => name === "open")[0].id
      );
    }
    return searchModel.createNewFilters([
      {description: card.label, domain: card.domain, cardKey: card.key},
    ]);
  }
}

class DashboardKanbanRenderer extends KanbanRenderer {
  static template = "workmanager_service.DashboardKanbanRenderer";
  static components = {...KanbanRenderer.components, ServiceDashboard};
}

class DashboardListRenderer extends ListRenderer {
  static template = "workmanager_service.DashboardListRenderer";
  static components = {...ListRenderer.components, ServiceDashboard};
}

registry.category("views").add("workmanager_dashboard_kanban", {
  ...kanbanView,
  Renderer: DashboardKanbanRenderer,
});
registry.category("views").add("workmanager_dashboard_list", {
  ...listView,
  Renderer: DashboardListRenderer,
});
