import { createFileRoute } from "@tanstack/react-router";
import { CopyButton } from "@/components/CopyButton";
import { PageHeader, Section } from "@/components/PageHeader";
import classes from "@/features/docs/docs.module.css";

export const Route = createFileRoute("/_app/docs")({ component: Docs });

const VIEWERS = [
  { name: "swagger", title: "Swagger UI", words: "Every call, with a form that sends it as you." },
  { name: "redoc", title: "ReDoc", words: "Three columns to read from top to bottom." },
  { name: "rapidoc", title: "RapiDoc", words: "One page, light and quick." },
  { name: "scalar", title: "Scalar", words: "Samples in many languages." },
];

function samples(origin: string) {
  return [
    {
      title: "Sign in and keep the token",
      text: `read -rsp 'Password: ' PASSWORD; export PASSWORD\nTOKEN=$(jq -n '{email: "you@example.org", password: env.PASSWORD}' |\n  curl -sS ${origin}/api/auth/login -H 'Content-Type: application/json' -d @- | jq -r .token)`,
    },
    {
      title: "Run a command",
      text: `curl -sS ${origin}/api/jobs -H @- -H 'Content-Type: application/json' \\\n  -d '{"command": "predict", "parameters": {"weeks_ahead": 3}}' <<< "Authorization: Bearer $TOKEN"`,
    },
    {
      title: "The newest jobs that failed",
      text: `curl -sS '${origin}/api/jobs?status=failed&limit=10' -H @- <<< "Authorization: Bearer $TOKEN"`,
    },
  ];
}

function Docs() {
  return (
    <>
      <PageHeader title="API" tab="API" actions={<a className="link" href="/api/openapi.json" download="openapi.json">Download openapi.json</a>}>
        <p>Everything these pages do can be done by a program. Four views of the same description, all served from here.</p>
      </PageHeader>
      <ul className={classes.viewers}>
        {VIEWERS.map(({ name, title, words }) => (
          <li key={name}>
            {/* Pages of their own, outside of this one: each has a content policy of its own. */}
            <a href={`/docs/${name}`}>
              <b>{title}</b>
              <span>{words}</span>
            </a>
          </li>
        ))}
      </ul>
      <Section title="With curl">
        <div className={classes.samples}>
          {samples(location.origin).map(({ title, text }) => (
            <div key={title} className={classes.sample}>
              <div className={classes.head}>
                <h3>{title}</h3>
                <CopyButton text={text} label={`Copy: ${title}`} />
              </div>
              <pre tabIndex={0} role="region" aria-label={title}>
                {text}
              </pre>
            </div>
          ))}
        </div>
        <p className={classes.note}>Password and token never stand in an argument, where every program on that machine could see them.</p>
      </Section>
    </>
  );
}
