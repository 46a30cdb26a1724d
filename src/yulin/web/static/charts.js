// Charts: each `<div data-chart="id">` draws the option that stands as JSON in `<script type="application/json" id="id">`.
// The option is made by the server (yulin.web.charts); the numbers also stand in the table beside the picture.
"use strict";

echarts.registerTheme("yulin", {
  "color": [
    "#12524a",
    "#0f5c9c",
    "#95610f",
    "#7a4b86",
    "#5b6670",
    "#2f7d72",
    "#a4472f"
  ],
  "backgroundColor": "transparent",
  "textStyle": {
    "fontFamily": "-apple-system, \"Segoe UI\", \"PingFang SC\", \"Microsoft YaHei\", \"Noto Sans SC\", \"Noto Sans CJK SC\", sans-serif",
    "fontSize": 12,
    "color": "#45514d"
  },
  "animation": false,
  "aria": {
    "enabled": true
  },
  "title": {
    "show": false
  },
  "grid": {
    "left": 8,
    "right": 16,
    "top": 32,
    "bottom": 4,
    "outerBoundsMode": "same",
    "outerBoundsContain": "axisLabel"
  },
  "legend": {
    "top": 0,
    "left": 0,
    "itemWidth": 12,
    "itemHeight": 8,
    "itemGap": 16,
    "icon": "rect",
    "textStyle": {
      "color": "#45514d",
      "fontSize": 12
    }
  },
  "tooltip": {
    "backgroundColor": "#ffffff",
    "borderColor": "#c3ccc8",
    "borderWidth": 1,
    "padding": [
      8,
      12
    ],
    "textStyle": {
      "color": "#1a2321",
      "fontSize": 13
    },
    "axisPointer": {
      "type": "line",
      "lineStyle": {
        "color": "#7b8883",
        "type": "solid",
        "width": 1
      }
    },
    "extraCssText": "box-shadow:none;font-variant-numeric:tabular-nums"
  },
  "categoryAxis": {
    "axisLine": {
      "show": true,
      "lineStyle": {
        "color": "#7b8883"
      }
    },
    "axisTick": {
      "show": false
    },
    "axisLabel": {
      "color": "#45514d",
      "fontSize": 12,
      "margin": 8,
      "hideOverlap": true
    },
    "splitLine": {
      "show": false
    }
  },
  "valueAxis": {
    "axisLine": {
      "show": false
    },
    "axisTick": {
      "show": false
    },
    "axisLabel": {
      "color": "#5f6b67",
      "fontSize": 12
    },
    "nameTextStyle": {
      "color": "#5f6b67",
      "fontSize": 12,
      "align": "left"
    },
    "splitNumber": 4,
    "splitLine": {
      "lineStyle": {
        "color": "#e6ebe9",
        "width": 1
      }
    }
  },
  "timeAxis": {
    "axisLine": {
      "show": true,
      "lineStyle": {
        "color": "#7b8883"
      }
    },
    "axisTick": {
      "show": false
    },
    "axisLabel": {
      "color": "#45514d"
    },
    "splitLine": {
      "show": false
    }
  },
  "line": {
    "symbol": "circle",
    "symbolSize": 6,
    "smooth": false,
    "lineStyle": {
      "width": 2
    }
  },
  "bar": {
    "barMaxWidth": 28,
    "itemStyle": {
      "borderRadius": 0
    },
    "label": {
      "color": "#1a2321",
      "fontSize": 12
    }
  },
  "pie": {
    "label": {
      "color": "#1a2321"
    },
    "itemStyle": {
      "borderColor": "#ffffff",
      "borderWidth": 2
    }
  },
  "markLine": {
    "symbol": "none",
    "lineStyle": {
      "color": "#1a2321",
      "type": "dashed",
      "width": 1
    },
    "label": {
      "color": "#1a2321",
      "fontSize": 12
    }
  }
});

// Where there is little room, long names take two lines beside their bars, and labels of standing bars shrink.
function fit(option, width) {
  if (width > 420) return option;
  const names = option.yAxis.type === "category" ? option.yAxis : null;
  if (names) names.axisLabel = { ...names.axisLabel, width: Math.round(width * 0.3), overflow: "break", lineHeight: 14, fontSize: 11 };
  for (const series of option.series) if (series.label && !names) series.label.fontSize = 10;
  return option;
}

const charts = [];
for (const place of document.querySelectorAll("[data-chart]")) {
  const source = document.getElementById(place.dataset.chart);
  if (!source) continue;
  const option = fit(JSON.parse(source.textContent), place.clientWidth);
  const chart = echarts.init(place, "yulin");
  chart.setOption(option);
  // A bar leads to the list behind it.
  chart.on("click", (hit) => {
    const goal = hit.data && hit.data.href;
    if (goal && goal.startsWith("/")) location.assign(goal);
  });
  charts.push(chart);
}
addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
addEventListener("beforeprint", () => charts.forEach((chart) => chart.resize({ width: 640 })));
addEventListener("afterprint", () => charts.forEach((chart) => chart.resize({ width: "auto" })));
