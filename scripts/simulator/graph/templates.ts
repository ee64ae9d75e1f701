import { z } from 'zod';

const componentSchema = z.looseObject({
  type: z.string().transform((type) => type.toUpperCase()),
  format: z.string().optional(),
  text: z.string().optional(),
  buttons: z
    .array(z.looseObject({ type: z.string(), text: z.string(), url: z.string().optional() }))
    .max(10)
    .optional(),
});

/** A template as `POST /{business account}/message_templates` takes it. */
export const newTemplateSchema = z.looseObject({
  name: z.string().regex(/^[a-z0-9_]{1,512}$/, 'has small letters, digits and _'),
  language: z.string().min(2).max(10),
  category: z.string().transform((category) => category.toUpperCase()),
  components: z.array(componentSchema).min(1),
  parameter_format: z.enum(['POSITIONAL', 'NAMED']).optional(),
});
type NewTemplate = z.infer<typeof newTemplateSchema>;

export interface Template extends NewTemplate {
  readonly id: string;
  readonly status: 'APPROVED';
  /** `{{1}}` or `{{name}}`. */
  readonly parameter_format: 'POSITIONAL' | 'NAMED';
}

export interface Templates {
  list(): readonly Template[];
  find(name: string, language: string): Template | undefined;
  /** Adds the template as approved. */
  add(template: NewTemplate): Template;
  /** Returns true when there was a template of this name. */
  remove(name: string): boolean;
}

/** `hello_world` is in every account at Meta; the other template shows quick replies. */
const INITIAL: readonly NewTemplate[] = [
  {
    name: 'hello_world',
    language: 'en_US',
    category: 'UTILITY',
    components: [
      { type: 'HEADER', format: 'TEXT', text: 'Hello World' },
      {
        type: 'BODY',
        text: 'Welcome and congratulations!! This message demonstrates your ability to send messages.',
      },
      { type: 'FOOTER', text: 'WhatsApp Business Platform sample message' },
    ],
  },
  {
    name: 'welcome_back',
    language: 'en',
    category: 'UTILITY',
    components: [
      {
        type: 'BODY',
        text: 'Peace be with you, {{1}}. Do you want to go on where we were?',
        example: { body_text: [['Amina']] },
      },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'QUICK_REPLY', text: 'Go on' },
          { type: 'QUICK_REPLY', text: 'Stop' },
        ],
      },
    ],
  },
];

export function createTemplates(): Templates {
  let count = 0;
  let templates: readonly Template[] = [];

  function add(template: NewTemplate): Template {
    count += 1;
    const added: Template = {
      ...template,
      id: String(500_000_000_000_000 + count),
      status: 'APPROVED',
      parameter_format: template.parameter_format ?? 'POSITIONAL',
    };
    templates = [...templates.filter((other) => !isSame(other, template)), added];
    return added;
  }

  for (const template of INITIAL) add(template);
  return {
    list: () => templates,
    find: (name, language) => templates.find((template) => isSame(template, { name, language })),
    add,
    remove(name) {
      const before = templates.length;
      templates = templates.filter((template) => template.name !== name);
      return templates.length < before;
    },
  };
}

function isSame(
  one: Pick<NewTemplate, 'name' | 'language'>,
  other: Pick<NewTemplate, 'name' | 'language'>,
): boolean {
  return one.name === other.name && one.language === other.language;
}
