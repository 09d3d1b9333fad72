import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { commandsQuery } from "@/api/queries";

const SECRET = /\bsecret ([A-Z][A-Z0-9_]+)/;

/** Why a command cannot run. What the sentence names, another command in quotes or a secret to set, is the way to it. */
export function Reason({ text }: { text: string | null }) {
  const commands = useQuery(commandsQuery).data ?? [];
  if (text === null) return null;
  const named = commands.find(({ title }) => text.includes(`"${title}"`) || text.includes(`“${title}”`));
  const secret = SECRET.exec(text)?.[1];
  if (!named && secret !== undefined) {
    const [before, after] = splitAt(text, secret);
    return (
      <>
        {before}
        <Link to="/secrets" search={{ set: secret }} className="link mono">
          {secret}
        </Link>
        {after}
      </>
    );
  }
  if (!named) return text;
  const [before, after] = splitAt(text, named.title);
  return (
    <>
      {before}
      <Link to="/commands/$id" params={{ id: named.id }} className="link">
        {named.title}
      </Link>
      {after}
    </>
  );
}

function splitAt(text: string, name: string): [string, string] {
  const at = text.indexOf(name);
  return [text.slice(0, at), text.slice(at + name.length)];
}
