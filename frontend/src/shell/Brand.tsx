export function Brand({ size = 24 }: { size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true" fill="none" strokeWidth="2.8" strokeLinecap="round" strokeLinejoin="round">
      <rect width="32" height="32" rx="7" fill="var(--brand)" />
      <path d="M6.5 24 13 8l6.5 16M9 18.5h8" stroke="#fff" />
      <path d="m21 13 4.5 4-4.5 4" stroke="#f3c969" />
    </svg>
  );
}
