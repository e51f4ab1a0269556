/** Trained models in files, so that only the first start has to train. */
import fs from 'node:fs';
import path from 'node:path';
import { load_safetensors, safetensors_metadata, save_safetensors } from '../torch/index.js';
import type { AnyModule } from '../torch/nn/index.js';
import type { Source } from './pictures.js';
import { nets, tasks, type TaskName } from './tasks.js';

/** What is known of a trained model beside its weights. */
export interface About {
  source: Source;
  reason: string;
  /** Of the test pictures. */
  accuracy: number;
  /** Pictures that it was trained on. */
  pictures: number;
}
/** Counted up when nets or preparation change: older files are then passed over. */
const FORM = '1';

const fileOf = (folder: string, name: TaskName, source: Source): string =>
  path.join(folder, `${name}-${source}-${FORM}.safetensors`);

export function store(folder: string, name: TaskName, model: AnyModule, about: About): void {
  fs.mkdirSync(folder, { recursive: true });
  const { source, reason, accuracy, pictures } = about;
  save_safetensors(model.state_dict(), fileOf(folder, name, source), {
    metadata: { source, reason, accuracy: String(accuracy), pictures: String(pictures) },
  });
}

/**
 * The model of a task as `store` left it, or null where there is no such file.
 * @throws {Error} naming a file that is damaged or of another model
 */
export function fetchModel(
  folder: string,
  name: TaskName,
  source: Source,
): { model: AnyModule; about: About } | null {
  const file = fileOf(folder, name, source);
  if (!fs.existsSync(file)) return null;
  const task = tasks[name];
  const model = nets[task.net].make(task.digits.length);
  const weights = load_safetensors(file);
  try {
    model.load_state_dict(weights);
  } finally {
    for (const tensor of Object.values(weights)) tensor.dispose();
  }
  if (model.parameters().some((p) => !p.isfinite().all().item()))
    throw new Error(`${file} holds weights that are not finite`);
  const { reason = '', accuracy, pictures } = safetensors_metadata(file);
  const about = { source, reason, accuracy: Number(accuracy), pictures: Number(pictures) };
  if (!(about.accuracy >= 0 && about.accuracy <= 1) || !Number.isSafeInteger(about.pictures))
    throw new Error(`${file} does not say how well its model does`);
  model.eval();
  return { model, about };
}

/** Frees a model that nobody will ask any more. */
export function discard(model: AnyModule): void {
  for (const tensor of [...model.parameters(), ...model.buffers()]) tensor.dispose();
}
