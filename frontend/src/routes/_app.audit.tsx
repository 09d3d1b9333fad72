import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { createFileRoute, Link } from "@tanstack/react-router";
import { useCallback } from "react";
import { auditPagesQuery } from "@/api/queries";
import { PageHeader } from "@/components/PageHeader";
import { Empty, ListFailure, Rows } from "@/components/PageStates";
import { AuditFilters } from "@/features/audit/AuditFilters";
import { AuditRows } from "@/features/audit/AuditRows";
import classes from "@/features/audit/audit.module.css";
import { ChainButton, ChainResult, useChainCheck } from "@/features/audit/ChainCheck";
import { type AuditFilter, asQuery, exportAddress, isFiltered, readFilter } from "@/features/audit/filter";

export const Route = createFileRoute("/_app/audit")({ validateSearch: readFilter, component: Audit });

function Audit() {
  const filter = Route.useSearch();
  const navigate = Route.useNavigate();
  const query = useInfiniteQuery(auditPagesQuery(asQuery(filter)));
  const rows = query.data?.pages.flat() ?? [];
  const chain = useChainCheck();
  const change = useCallback(
    (changed: AuditFilter) => void navigate({ search: changed, replace: true, resetScroll: false }),
    [navigate],
  );
  return (
    <>
      <PageHeader
        title="Audit"
        tab="Audit"
        actions={
          <>
            <ChainButton chain={chain} />
            {(["csv", "ndjson"] as const).map((format) => (
              <Button
                key={format}
                component="a"
                variant="default"
                leftSection={<IconDownload size={15} />}
                href={exportAddress(filter, format)}
                download
              >
                {format.toUpperCase()}
              </Button>
            ))}
          </>
        }
      >
        <p>Who did what, from where, in an order nobody can change unseen: each row holds the hash of the one before.</p>
      </PageHeader>
      <ChainResult chain={chain} />
      <AuditFilters filter={filter} onChange={change} />
      <ListFailure query={query} title="The audit log cannot be read" />
      {query.isPending && <Rows rows={10} />}
      {query.data && rows.length === 0 && (
        <Empty
          title={isFiltered(filter) ? "No row fits this filter" : "Nothing has happened yet"}
          action={
            isFiltered(filter) && (
              <Link to="/audit" search={{}} className="link">
                Show every row
              </Link>
            )
          }
        />
      )}
      {rows.length > 0 && <AuditRows rows={rows} />}
      {query.hasNextPage && (
        <div className={classes.more}>
          <Button variant="default" onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>
            Older rows
          </Button>
        </div>
      )}
    </>
  );
}
