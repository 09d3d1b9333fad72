import { Button, Modal } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { body, client } from "@/api/client";
import { databaseQuery, restorePreviewQuery } from "@/api/fplQueries";
import { commandsQuery } from "@/api/queries";
import type { RestorePreview } from "@/api/types";
import { TimeAgo } from "@/components/JobBits";
import { Notice } from "@/components/Notice";
import { Failure, Rows } from "@/components/PageStates";
import { formatBytes, formatWithZone } from "@/lib/time";
import classes from "./database.module.css";
import { before, holds } from "./words";

interface Props {
  copyId: string | undefined;
  busy: boolean;
  onClose: () => void;
}

/** Stays mounted while closed: only then does the focus go back to the button it came from. */
export function RestoreDialog({ copyId, busy, onClose }: Props) {
  // What the dialog is about while it closes, too.
  const [shown, setShown] = useState(copyId);
  if (copyId !== undefined && copyId !== shown) setShown(copyId);
  return (
    <Modal opened={copyId !== undefined} onClose={onClose} title="Restore this copy?" size="lg" closeButtonProps={{ "aria-label": "Close" }}>
      {shown !== undefined && <Content key={shown} copyId={shown} busy={busy} onClose={onClose} />}
    </Modal>
  );
}

function Content({ copyId, busy, onClose }: { copyId: string; busy: boolean; onClose: () => void }) {
  const preview = useQuery(restorePreviewQuery(copyId));
  const restore = useRestore(copyId, onClose);
  return (
    <div className={classes.question}>
      {preview.isPending && <Rows rows={4} height={24} />}
      {preview.error && !preview.data && <Failure error={preview.error} retry={() => void preview.refetch()} />}
      {preview.data && <What preview={preview.data} />}
      {busy && <p role="status" className={classes.note}>A job of AIrsenal is running: wait for its end, or cancel it.</p>}
      {restore.error && <Failure error={restore.error} title="Nothing was restored" />}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose} data-autofocus>
          Cancel
        </Button>
        <Button color="red" loading={restore.isPending} disabled={!preview.data || busy} onClick={() => { restore.mutate(); }}>
          Restore copy
        </Button>
      </div>
    </div>
  );
}

function What({ preview: { copy, lost } }: { preview: RestorePreview }) {
  const commands = useQuery(commandsQuery).data ?? [];
  return (
    <>
      <p>
        The database goes back to its state before {before(copy, commands)}, <TimeAgo time={copy.made_at} />{" "}
        <span className="muted">({formatWithZone(new Date(copy.made_at))})</span>: {lowerFirst(holds(copy))}, {formatBytes(copy.bytes)}.
      </p>
      {lost.length === 0 ? (
        <p>Nothing is lost: the present database holds nothing that this copy has not.</p>
      ) : (
        <Notice>
          <p id="lost-by-restore">
            <b>The present database loses:</b>
          </p>
          <ul aria-labelledby="lost-by-restore">
            {lost.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </Notice>
      )}
      <p className="muted">The present database becomes a copy itself, so this can be undone. Your real team is not touched.</p>
    </>
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function useRestore(copyId: string, onClose: () => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async () => body(await client.POST("/api/airsenal/database/restore", { body: { id: copyId } })),
    onSuccess: async (found) => {
      queryClient.setQueryData(databaseQuery.queryKey, found);
      notifications.show({ message: "The copy is restored. What was there before is the newest copy now." });
      onClose();
      await queryClient.invalidateQueries({ queryKey: ["airsenal"] });
    },
  });
}
