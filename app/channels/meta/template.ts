import { Refused } from '../../domain/errors.ts';
import { META_TEMPLATE } from '../../template-names.ts';

/** An approved template without variables. */
export interface MetaTemplate {
  readonly name: string;
  readonly language: string;
}

/** Reads name and language, such as `answer_ready/en_US`. Returns undefined for anything else, as a template of Twilio's. */
export function readTemplate(configured: string | undefined): MetaTemplate | undefined {
  const [, name, language] = META_TEMPLATE.exec(configured ?? '') ?? [];
  return name === undefined || language === undefined ? undefined : { name, language };
}

/**
 * Returns the content of a template message (Meta, "Template messages"). Throws `Refused` without a template: it may have
 * been taken out of the configuration since the part was written.
 */
export function templateContent(template: MetaTemplate | undefined): object {
  if (template === undefined) {
    throw new Refused(
      'no template is configured any more; set META_TEMPLATE, or the template of the business',
      {
        code: 'no-template',
      },
    );
  }
  const { name, language } = template;
  return { type: 'template', template: { name, language: { code: language } } };
}
