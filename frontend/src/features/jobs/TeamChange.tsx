import { Link } from "@tanstack/react-router";
import type { Job } from "@/api/types";
import { Notice } from "@/components/Notice";

/** The output of a job that changed the real team (`TeamChange` of the server's models). */
interface Sent {
  type: "team_change";
  headline: string;
  transfers: { out: string; out_price: number; in: string; in_price: number }[] | null;
  agreed: string | null;
  report_id: string | null;
}

function isSent(output: unknown): output is Sent {
  return (output as Partial<Sent> | null)?.type === "team_change";
}

/** What was sent to the FPL site, as far as the log tells. */
export function TeamChange({ job }: { job: Job }) {
  const sent: unknown = job.output;
  if (!isSent(sent)) return null;
  return (
    <Notice tone="plain">
      <p>
        <b>{sent.headline}</b>
      </p>
      {sent.transfers !== null && sent.transfers.length > 0 && (
        <ul>
          {sent.transfers.map((pair) => (
            <li key={pair.out}>
              {pair.out} (£{pair.out_price.toFixed(1)}m) out, {pair.in} (£{pair.in_price.toFixed(1)}m) in
            </li>
          ))}
        </ul>
      )}
      {sent.agreed !== null && <p>Agreed to: {sent.agreed}</p>}
      {sent.report_id !== null && (
        <Link to="/reports/$id" params={{ id: sent.report_id }} className="link">
          The suggestion that was shown
        </Link>
      )}
    </Notice>
  );
}
