import { useEffect, useId, useRef, useState, type ReactNode } from 'react';

/**
 * Words that say more when they are pointed at or have the focus (WCAG 1.4.13): what they say stays as long as the pointer is
 * on it, and Escape takes it away. Read aloud as the description of the words.
 */
export function Tip({
  label,
  children,
}: {
  readonly label: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  const id = useId();
  const place = useRef<HTMLSpanElement>(null);
  const said = useRef<HTMLSpanElement>(null);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const tip = said.current;
    const words = place.current?.firstElementChild;
    if (!isOpen || tip === null || words === null || words === undefined) return undefined;
    tip.showPopover();
    const { left, bottom, top } = words.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = tip;
    const hasRoomBelow = bottom + offsetHeight <= window.innerHeight;
    tip.style.insetInlineStart = `${Math.max(0, Math.min(left, window.innerWidth - offsetWidth))}px`;
    tip.style.insetBlockStart = `${hasRoomBelow ? bottom : Math.max(0, top - offsetHeight)}px`;
    const close = (): void => setOpen(false);
    const closeByKey = ({ key }: KeyboardEvent): void => {
      if (key === 'Escape') close();
    };
    document.addEventListener('keydown', closeByKey);
    document.addEventListener('scroll', close, { capture: true, once: true });
    return () => {
      document.removeEventListener('keydown', closeByKey);
      document.removeEventListener('scroll', close, { capture: true });
      tip.hidePopover();
    };
  }, [isOpen]);
  return (
    <span
      ref={place}
      onMouseEnter={() => setOpen(true)}
      onMouseLeave={() => setOpen(false)}
      onFocus={() => setOpen(true)}
      onBlur={() => setOpen(false)}
    >
      <button
        type="button"
        className="utrecht-link-button utrecht-link-button--html-button portal-tip__words"
        aria-describedby={id}
        onClick={() => setOpen(true)}
      >
        {label}
      </button>
      <span ref={said} id={id} role="tooltip" popover="manual" className="portal-tip">
        {children}
      </span>
    </span>
  );
}
