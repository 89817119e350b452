import { calledByItsDay } from "@lead_to_cash/books/ageing_list";
import { registry } from "@web/core/registry";
import { GraphModel } from "@web/views/graph/graph_model";
import { graphView } from "@web/views/graph/graph_view";
import { PivotModel } from "@web/views/pivot/pivot_model";
import { pivotView } from "@web/views/pivot/pivot_view";

/** A ratio without anything to divide by is a gap in the line, not 0. */
export class RatioGraphModel extends GraphModel {
    async _loadDataPoints(metaData) {
        const [dataPoints, ...others] = await super._loadDataPoints(metaData);
        for (const dataPoint of dataPoints) {
            dataPoint.value = dataPoint.value === false ? null : dataPoint.value;
        }
        return [dataPoints, ...others];
    }
}

/** The same in a table, and in the file that is exported from it: an empty cell. */
export class RatioPivotModel extends PivotModel {
    _getMeasurements(group, config) {
        const measurements = super._getMeasurements(group, config);
        for (const [name, value] of Object.entries(measurements)) {
            measurements[name] = value === false ? undefined : value;
        }
        return measurements;
    }
}

const views = registry.category("views");
views.add("ratio_graph", { ...graphView, Model: RatioGraphModel });
views.add("ratio_pivot", { ...pivotView, Model: RatioPivotModel });
views.add("ageing_graph", { ...graphView, Controller: calledByItsDay(graphView.Controller) });
views.add("ageing_pivot", { ...pivotView, Controller: calledByItsDay(pivotView.Controller) });
