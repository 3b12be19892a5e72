/** The one place that imports TensorFlow.js; every other file of the engine takes `tf` from here. */
import * as tf from '@tensorflow/tfjs';

export { tf };
export type {
  KernelFunc,
  Tensor,
  Tensor1D,
  Tensor2D,
  Tensor3D,
  NamedTensorMap,
  Scalar,
  Variable,
} from '@tensorflow/tfjs';
