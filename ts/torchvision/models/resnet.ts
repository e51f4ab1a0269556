/** Residual networks, torchvision's form. https://docs.pytorch.org/vision/stable/models/resnet.html */
import { callable, flatten, nn, NotImplementedError, ValueError, type Tensor } from '../../torch/index.js';
import { namedArguments } from '../../torch/arguments.js';
import { loadWeights, type WeightFiles } from './weights.js';

/** Makes the normalization of so many channels; `nn.BatchNorm2d` is one. */
export type NormLayer = (num_features: number) => nn.AnyModule;

function conv3x3(in_planes: number, out_planes: number, stride = 1, groups = 1, dilation = 1): nn.Conv2d {
  return nn.Conv2d(in_planes, out_planes, 3, {
    stride,
    padding: dilation,
    groups,
    bias: false,
    dilation,
  });
}
function conv1x1(in_planes: number, out_planes: number, stride = 1): nn.Conv2d {
  return nn.Conv2d(in_planes, out_planes, 1, { stride, bias: false });
}

type BlockArguments = [
  inplanes: number,
  planes: number,
  stride?: number,
  downsample?: nn.AnyModule | null,
  groups?: number,
  base_width?: number,
  dilation?: number,
  norm_layer?: NormLayer,
];

class BasicBlockClass extends nn.Module {
  static readonly expansion = 1;
  conv1: nn.Conv2d;
  bn1: nn.AnyModule;
  relu: nn.ReLU;
  conv2: nn.Conv2d;
  bn2: nn.AnyModule;
  downsample: nn.AnyModule | null;
  stride: number;

  /**
   * Two 3x3 convolutions and the way around them, which `downsample` fits where the shape changes.
   * @throws {ValueError} groups or a base width: those are the Bottleneck's
   * @throws {NotImplementedError} a dilation
   */
  constructor(...args: BlockArguments) {
    super();
    const [inplanes, planes, stride = 1, downsample = null, groups = 1, base_width = 64, dilation = 1] = args;
    const norm_layer = args[7] ?? nn.BatchNorm2d;
    if (groups !== 1 || base_width !== 64)
      throw new ValueError('BasicBlock only supports groups=1 and base_width=64', 'BasicBlock');
    if (dilation > 1) throw new NotImplementedError('Dilation > 1 not supported in BasicBlock', 'BasicBlock');
    this.conv1 = conv3x3(inplanes, planes, stride);
    this.bn1 = norm_layer(planes);
    this.relu = nn.ReLU({ inplace: true });
    this.conv2 = conv3x3(planes, planes);
    this.bn2 = norm_layer(planes);
    this.downsample = downsample;
    this.stride = stride;
  }
  forward(x: Tensor): Tensor {
    let out = this.relu(this.bn1(this.conv1(x)) as Tensor);
    out = this.bn2(this.conv2(out)) as Tensor;
    const identity = this.downsample === null ? x : (this.downsample(x) as Tensor);
    return this.relu(out.add_(identity));
  }
}
export const BasicBlock = callable(BasicBlockClass);
export type BasicBlock = BasicBlockClass;

class BottleneckClass extends nn.Module {
  static readonly expansion = 4;
  conv1: nn.Conv2d;
  bn1: nn.AnyModule;
  conv2: nn.Conv2d;
  bn2: nn.AnyModule;
  conv3: nn.Conv2d;
  bn3: nn.AnyModule;
  relu: nn.ReLU;
  downsample: nn.AnyModule | null;
  stride: number;

  /** A 1x1, a 3x3 and a 1x1 convolution; the stride is the 3x3's, which is called ResNet v1.5. */
  constructor(...args: BlockArguments) {
    super();
    const [inplanes, planes, stride = 1, downsample = null, groups = 1, base_width = 64, dilation = 1] = args;
    const norm_layer = args[7] ?? nn.BatchNorm2d;
    const width = Math.trunc(planes * (base_width / 64)) * groups;
    this.conv1 = conv1x1(inplanes, width);
    this.bn1 = norm_layer(width);
    this.conv2 = conv3x3(width, width, stride, groups, dilation);
    this.bn2 = norm_layer(width);
    this.conv3 = conv1x1(width, planes * BottleneckClass.expansion);
    this.bn3 = norm_layer(planes * BottleneckClass.expansion);
    this.relu = nn.ReLU({ inplace: true });
    this.downsample = downsample;
    this.stride = stride;
  }
  forward(x: Tensor): Tensor {
    let out = this.relu(this.bn1(this.conv1(x)) as Tensor);
    out = this.relu(this.bn2(this.conv2(out)) as Tensor);
    out = this.bn3(this.conv3(out)) as Tensor;
    const identity = this.downsample === null ? x : (this.downsample(x) as Tensor);
    return this.relu(out.add_(identity));
  }
}
export const Bottleneck = callable(BottleneckClass);
export type Bottleneck = BottleneckClass;

type Block = typeof BasicBlock | typeof Bottleneck;

export interface ResNetOptions {
  /** Default: 1000. */
  num_classes?: number;
  /** Lets every block begin as the identity, its last normalization at 0; default: false. */
  zero_init_residual?: boolean;
  /** Default: 1. */
  groups?: number;
  /** Default: 64. */
  width_per_group?: number;
  /** For each of the last three stages: dilate instead of striding; default: none. */
  replace_stride_with_dilation?: readonly boolean[] | null;
  /** Default: nn.BatchNorm2d. */
  norm_layer?: NormLayer | null;
}
const optionNames = [
  'num_classes',
  'zero_init_residual',
  'groups',
  'width_per_group',
  'replace_stride_with_dilation',
  'norm_layer',
];

class ResNetClass extends nn.Module {
  conv1: nn.Conv2d;
  bn1: nn.AnyModule;
  relu: nn.ReLU;
  maxpool: nn.MaxPool2d;
  layer1: nn.Sequential;
  layer2: nn.Sequential;
  layer3: nn.Sequential;
  layer4: nn.Sequential;
  avgpool: nn.AdaptiveAvgPool2d;
  fc: nn.Linear;

  /**
   * Images (N, 3, H, W) to logits (N, num_classes).
   * @param layers how many blocks each of the four stages has
   * @throws {ValueError} replace_stride_with_dilation has not three elements
   */
  constructor(block: Block, layers: readonly number[], options: ResNetOptions = {}) {
    super();
    const given = namedArguments('ResNet', optionNames, [options], 0) as ResNetOptions;
    const { groups = 1, width_per_group = 64, num_classes = 1000 } = given;
    const dilate = given.replace_stride_with_dilation ?? [false, false, false];
    if (dilate.length !== 3)
      throw new ValueError(
        `replace_stride_with_dilation should be None or a 3-element tuple, got [${dilate.join(', ')}]`,
        'ResNet',
      );
    const norm_layer = given.norm_layer ?? nn.BatchNorm2d;
    let inplanes = 64;
    let dilation = 1;
    const stage = (planes: number, blocks: number, wanted: number, dilated: boolean): nn.Sequential => {
      const before = dilation;
      if (dilated) dilation *= wanted;
      const stride = dilated ? 1 : wanted;
      const width = planes * block.expansion;
      // Before the block, since its draws come first.
      const downsample =
        stride !== 1 || inplanes !== width
          ? nn.Sequential(conv1x1(inplanes, width, stride), norm_layer(width))
          : null;
      const made = [
        new block(inplanes, planes, stride, downsample, groups, width_per_group, before, norm_layer),
      ];
      inplanes = width;
      while (made.length < blocks)
        made.push(new block(inplanes, planes, 1, null, groups, width_per_group, dilation, norm_layer));
      return nn.Sequential(...made);
    };
    this.conv1 = nn.Conv2d(3, inplanes, 7, { stride: 2, padding: 3, bias: false });
    this.bn1 = norm_layer(inplanes);
    this.relu = nn.ReLU({ inplace: true });
    this.maxpool = nn.MaxPool2d(3, { stride: 2, padding: 1 });
    this.layer1 = stage(64, layers[0]!, 1, false);
    this.layer2 = stage(128, layers[1]!, 2, dilate[0]!);
    this.layer3 = stage(256, layers[2]!, 2, dilate[1]!);
    this.layer4 = stage(512, layers[3]!, 2, dilate[2]!);
    this.avgpool = nn.AdaptiveAvgPool2d([1, 1]);
    this.fc = nn.Linear(512 * block.expansion, num_classes);
    this.#initialize(given.zero_init_residual === true);
  }
  #initialize(zero_init_residual: boolean): void {
    for (const module of this.modules()) {
      if (module instanceof nn.Conv2d)
        nn.init.kaiming_normal_(module.weight, { mode: 'fan_out', nonlinearity: 'relu' });
      else if (module instanceof nn.BatchNorm2d || module instanceof nn.GroupNorm) {
        if (module.weight) nn.init.ones_(module.weight);
        if (module.bias) nn.init.zeros_(module.bias);
      }
    }
    if (!zero_init_residual) return;
    for (const module of this.modules()) {
      const last =
        module instanceof Bottleneck ? module.bn3 : module instanceof BasicBlock ? module.bn2 : null;
      const weight = (last as { weight?: nn.Parameter | null } | null)?.weight;
      if (weight) nn.init.zeros_(weight);
    }
  }
  forward(x: Tensor): Tensor {
    x = this.maxpool(this.relu(this.bn1(this.conv1(x)) as Tensor));
    x = this.layer4(this.layer3(this.layer2(this.layer1(x)))) as Tensor;
    return this.fc(flatten(this.avgpool(x), 1));
  }
}
export const ResNet = callable(ResNetClass);
export type ResNet = ResNetClass;

export interface ModelOptions extends ResNetOptions {
  /**
   * A path of a `.pth` file, Python's or ours; or a name of torchvision's, such as 'DEFAULT' or 'IMAGENET1K_V1', for
   * the file in the folder of Python's downloads. Nothing is downloaded. Default: null, initial values.
   */
  weights?: string | null;
}

function build(
  name: string,
  block: Block,
  layers: readonly number[],
  files: WeightFiles,
  { weights = null, ...options }: ModelOptions,
): ResNet {
  const model = new ResNet(block, layers, options);
  if (weights !== null) loadWeights(name, model, weights, files);
  return model;
}

/**
 * https://docs.pytorch.org/vision/stable/models/generated/torchvision.models.resnet18.html
 * @throws {ValueError} the weights are not there: the text says which file to put where
 */
export function resnet18(options: ModelOptions = {}): ResNet {
  return build('resnet18', BasicBlock, [2, 2, 2, 2], { IMAGENET1K_V1: 'resnet18-f37072fd.pth' }, options);
}
/** As resnet18, with 34 layers. */
export function resnet34(options: ModelOptions = {}): ResNet {
  return build('resnet34', BasicBlock, [3, 4, 6, 3], { IMAGENET1K_V1: 'resnet34-b627a593.pth' }, options);
}
/** As resnet18, with 50 layers in bottlenecks. */
export function resnet50(options: ModelOptions = {}): ResNet {
  const files = { IMAGENET1K_V1: 'resnet50-0676ba61.pth', IMAGENET1K_V2: 'resnet50-11ad3fa6.pth' };
  return build('resnet50', Bottleneck, [3, 4, 6, 3], files, options);
}
/** As resnet50, with 101 layers. */
export function resnet101(options: ModelOptions = {}): ResNet {
  const files = { IMAGENET1K_V1: 'resnet101-63fe2227.pth', IMAGENET1K_V2: 'resnet101-cd907fc2.pth' };
  return build('resnet101', Bottleneck, [3, 4, 23, 3], files, options);
}
/** As resnet50, with 152 layers. */
export function resnet152(options: ModelOptions = {}): ResNet {
  const files = { IMAGENET1K_V1: 'resnet152-394f9c45.pth', IMAGENET1K_V2: 'resnet152-f82ba261.pth' };
  return build('resnet152', Bottleneck, [3, 8, 36, 3], files, options);
}
