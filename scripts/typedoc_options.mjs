// A plugin of TypeDoc, for `npm run docs`. Docstrings describe keyword arguments as @param, though in TypeScript they are
// fields of the last argument; TypeDoc would drop them with a warning. Here they become a list of their own.
import { CommentTag, Converter, ReflectionKind } from 'typedoc';

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(
    Converter.EVENT_RESOLVE_BEGIN,
    (context) => {
      for (const signature of context.project.getReflectionsByKind(ReflectionKind.SomeSignature)) {
        const { comment, parameters = [] } = /** @type {import('typedoc').SignatureReflection} */ (signature);
        if (!comment) continue;
        const names = new Set(parameters.map(({ name }) => name));
        // An argument that is taken apart has no name but the one of its @param.
        let nameless = parameters.filter(({ name }) => name.startsWith('__')).length;
        const options = new CommentTag('@options', []);
        comment.blockTags = comment.blockTags.filter((tag) => {
          if (tag.tag !== '@param' || tag.name === undefined) return true;
          const isField = tag.name.includes('.');
          if (!isField && (names.has(tag.name) || nameless-- > 0)) return true;
          const name = tag.name.replace(/^\w+\./, '');
          options.content.push({ kind: 'text', text: '- ' }, { kind: 'code', text: `\`${name}\`` });
          options.content.push({ kind: 'text', text: ': ' }, ...tag.content, { kind: 'text', text: '\n' });
          return false;
        });
        if (options.content.length > 0) comment.blockTags.push(options);
      }
    },
    1000,
  );
}
