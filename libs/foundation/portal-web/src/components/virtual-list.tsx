import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, type ReactNode } from 'react';

/** A long list of which only what is in sight exists; each item says its place to who cannot see the list. */
export function VirtualList<Item>({
  label,
  items,
  keyOf,
  children,
  estimatedHeight = 72,
}: {
  readonly label: string;
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  readonly children: (item: Item) => ReactNode;
  readonly estimatedHeight?: number;
}): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => estimatedHeight,
    getItemKey: (index) => keyOf(items[index] as Item),
    overscan: 8,
  });
  return (
    <div className="portal-virtual" ref={scroller} tabIndex={0} role="region" aria-label={label}>
      <div role="list" style={{ blockSize: `${rows.getTotalSize()}px`, position: 'relative' }}>
        {rows.getVirtualItems().map((row) => (
          <div
            key={row.key}
            role="listitem"
            aria-setsize={items.length}
            aria-posinset={row.index + 1}
            data-index={row.index}
            ref={rows.measureElement}
            className="portal-virtual__item"
            style={{ transform: `translateY(${row.start}px)` }}
          >
            {children(items[row.index] as Item)}
          </div>
        ))}
      </div>
    </div>
  );
}
