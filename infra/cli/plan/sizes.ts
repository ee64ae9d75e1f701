/** Sizes as AWS writes them: units of 1/1024 vCPU, and MB, as texts. */
import { isRecord, type Value } from './values.ts';

/** vCPU and GB, from units and MB. */
export function sizeOf(value: Value | undefined): { cpu: number; memory: number } {
  const { cpu, memory } = isRecord(value) ? value : {};
  return { cpu: numberOf(cpu, 0) / 1024, memory: numberOf(memory, 0) / 1024 };
}

export function numberOf(value: Value | undefined, otherwise: number): number {
  return value === undefined ? otherwise : Number(value);
}
