import type { SketchElement } from "./element.js";
import type { Drawing, CompleteProperties, GalleryProperties, GuessProperties, LatentSliderProperties, LatentSlidersProperties, MorphProperties, NextPointProperties, ReconstructProperties, SketchPadProperties, TemperatureSliderProperties } from "./traits.js";

export type { SketchElement } from "./element.js";
export type { Drawing, CompleteProperties, GalleryProperties, GuessProperties, LatentSliderProperties, LatentSlidersProperties, MorphProperties, NextPointProperties, ReconstructProperties, SketchPadProperties, TemperatureSliderProperties } from "./traits.js";

declare global {
  interface HTMLElementTagNameMap {
    "sketch-complete": SketchElement & CompleteProperties;
    "sketch-gallery": SketchElement & GalleryProperties;
    "sketch-guess": SketchElement & GuessProperties;
    "sketch-latent-slider": SketchElement & LatentSliderProperties;
    "sketch-latent-sliders": SketchElement & LatentSlidersProperties;
    "sketch-morph": SketchElement & MorphProperties;
    "sketch-next-point": SketchElement & NextPointProperties;
    "sketch-reconstruct": SketchElement & ReconstructProperties;
    "sketch-pad": SketchElement & SketchPadProperties;
    "sketch-temperature-slider": SketchElement & TemperatureSliderProperties;
  }
}
