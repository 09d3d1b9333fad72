import { useQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { ApiError } from "@/api/errors";
import { reportQuery } from "@/api/fplQueries";
import type { StoredReport } from "@/api/types";
import { PageHeader } from "@/components/PageHeader";
import { Failure, PageNotFound, Rows } from "@/components/PageStates";
import { DataCheckView, DatabaseView, LoginView } from "@/features/reports/CheckViews";
import { OptimisationView } from "@/features/reports/OptimisationView";
import { PredictionView } from "@/features/reports/PredictionView";
import { ReportCrumbs } from "@/features/reports/ReportHeader";
import { readReportSearch, type ReportSearch } from "@/features/reports/search";

export const Route = createFileRoute("/_app/reports/$id")({ validateSearch: readReportSearch, component: ReportPage });

function ReportPage() {
  const { id } = Route.useParams();
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  const query = useQuery(reportQuery(id));
  const change = (part: ReportSearch) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false });
  if (query.data) return <ReportView key={id} stored={query.data} search={search} onChange={change} />;
  if (query.error instanceof ApiError && (query.error.status === 404 || query.error.status === 422)) return <PageNotFound />;
  if (query.error) {
    return (
      <>
        <PageHeader title="Report" tab="Report" above={<ReportCrumbs here="Report" />} />
        <Failure error={query.error} title="The report cannot be read" retry={() => void query.refetch()} />
      </>
    );
  }
  return (
    <>
      <ReportCrumbs here="Report" />
      <Rows rows={8} />
    </>
  );
}

interface Props {
  stored: StoredReport;
  search: ReportSearch;
  onChange: (part: ReportSearch) => void;
}

function ReportView({ stored, search, onChange }: Props) {
  const { report } = stored;
  switch (report.type) {
    case "prediction":
      return <PredictionView stored={stored} report={report} search={search} onChange={onChange} />;
    case "optimisation":
      return <OptimisationView stored={stored} report={report} />;
    case "data_check":
      return <DataCheckView stored={stored} report={report} />;
    case "database":
      return <DatabaseView stored={stored} report={report} />;
    case "login":
      return <LoginView stored={stored} report={report} />;
  }
}
