import { scaleLinear, scaleUtc } from 'd3-scale';
import { line } from 'd3-shape';
import { useId, type ReactNode } from 'react';

export interface Point {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly value: number;
  /** What is said of the point, with its unit. */
  readonly text: string;
}

export interface LineChartProps {
  readonly title: string;
  /** Oldest first. */
  readonly points: readonly Point[];
  /** Limits that are usual; a band behind the line. */
  readonly range?: { readonly low?: number; readonly high?: number } | undefined;
  /** How moments are written at the axis; dates when left out. */
  readonly formatTime?: (at: Date) => string;
}

const width = 600;
const height = 220;
/** Of more than this many, points cannot be told from the line. */
const MOST_POINTS = 150;
const margin = { top: 12, right: 16, bottom: 28, left: 52 };

/** A course of values over time. The same values stand in a table beside it: the drawing itself is one image with a name. */
export function LineChart({ title, points, range, formatTime }: LineChartProps): ReactNode {
  const id = useId();
  if (points.length === 0) return null;
  const values = [...points.map(({ value }) => value), range?.low, range?.high].filter(
    (value) => value !== undefined,
  );
  const times = points.map(({ at }) => at);
  const x = scaleUtc()
    .domain([Math.min(...times), Math.max(...times)])
    .range([margin.left, width - margin.right]);
  const y = scaleLinear()
    .domain([Math.min(...values), Math.max(...values)])
    .nice()
    .range([height - margin.bottom, margin.top]);
  const timeOf = formatTime ?? x.tickFormat(4);
  const path = line<Point>()
    .x(({ at }) => x(at))
    .y(({ value }) => y(value))([...points]);
  const [lowest = 0, highest = 0] = y.domain();
  const top = y(range?.high ?? highest);
  return (
    <svg className="portal-chart" viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby={id}>
      <title id={id}>{title}</title>
      {range !== undefined && (
        <rect
          className="portal-chart__range"
          x={margin.left}
          width={width - margin.left - margin.right}
          y={top}
          height={Math.max(0, y(range.low ?? lowest) - top)}
        />
      )}
      {y.ticks(4).map((tick) => (
        <g key={tick}>
          <line
            className="portal-chart__grid"
            x1={margin.left}
            x2={width - margin.right}
            y1={y(tick)}
            y2={y(tick)}
          />
          <text className="portal-chart__axis" x={margin.left - 8} y={y(tick) + 4} textAnchor="end">
            {y.tickFormat(4)(tick)}
          </text>
        </g>
      ))}
      {x.ticks(4).map((tick) => (
        <text
          key={tick.getTime()}
          className="portal-chart__axis"
          x={x(tick)}
          y={height - 8}
          textAnchor="middle"
        >
          {timeOf(tick)}
        </text>
      ))}
      {path !== null && <path className="portal-chart__line" d={path} />}
      {(points.length > MOST_POINTS ? [] : points).map(({ at, value, text }) => (
        <circle key={`${at} ${value}`} className="portal-chart__point" cx={x(at)} cy={y(value)} r={4}>
          <title>{text}</title>
        </circle>
      ))}
    </svg>
  );
}
