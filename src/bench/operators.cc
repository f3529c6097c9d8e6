// Which operators `assay bench` runs, and at which shapes: a row each.
//
// Shapes are those that small models are made of, from a few outputs to a few thousand, with odd
// extents among them, so that a fit over them separates what an operator costs a multiply-add, an
// output and a call. Not here: operators that are views or copies without arithmetic, but pad,
// concatenation and transpose.
#include "bench/operator_case.h"

namespace assay {
namespace {

using P = OperatorProgram;
using Dims = std::vector<P::Dims>;
constexpr Dtype s8 = Dtype::s8, f32 = Dtype::f32, s32 = Dtype::s32;

const Dims kWindows = {{32, 32, 3, 8, 3, 3},
                       {16, 16, 8, 16, 3, 3},
                       {16, 16, 16, 16, 3, 3, 2},
                       {8, 8, 32, 32, 3, 3},
                       {8, 8, 16, 24, 3, 3},
                       {10, 10, 5, 7, 3, 3},
                       {6, 6, 64, 48, 3, 3},
                       {12, 12, 4, 8, 3, 3, 1, true},
                       {5, 5, 10, 12, 3, 3},
                       {20, 20, 1, 4, 3, 3},
                       {24, 24, 1, 8, 3, 3},
                       {9, 9, 16, 17, 3, 3, 1, true, false, true},
                       {7, 9, 6, 10, 3, 3, 2, false, false, true},
                       {4, 4, 64, 72, 3, 3},
                       {4, 4, 96, 24, 3, 3},
                       {30, 7, 2, 3, 3, 3}};
const Dims kPoints = {{16, 16, 8, 16, 1, 1},
                      {8, 8, 32, 64, 1, 1},
                      {8, 8, 64, 32, 1, 1},
                      {4, 4, 128, 64, 1, 1},
                      {25, 5, 64, 64, 1, 1},
                      {10, 10, 10, 15, 1, 1},
                      {16, 16, 16, 32, 1, 1},
                      {5, 5, 3, 7, 1, 1},
                      {2, 2, 16, 8, 1, 1},
                      {8, 8, 16, 16, 1, 1, 2},
                      {4, 3, 128, 136, 1, 1},
                      {3, 3, 256, 160, 1, 1},
                      {6, 6, 12, 31, 1, 1, 1, false, false, true},
                      {12, 12, 8, 40, 1, 1},
                      {2, 2, 400, 24, 1, 1},
                      {3, 3, 64, 272, 1, 1}};
const Dims kOther = {
    {49, 10, 1, 16, 10, 4, 2}, {14, 14, 4, 8, 5, 5},    {20, 1, 16, 16, 7, 1},
    {12, 12, 6, 6, 2, 2, 2},   {1, 40, 8, 8, 1, 5},     {9, 9, 3, 5, 7, 7},
    {20, 20, 1, 8, 8, 8},      {12, 10, 16, 12, 6, 6},  {24, 20, 1, 16, 7, 7, 2, true},
    {8, 8, 12, 16, 4, 4},      {16, 16, 3, 8, 5, 5, 2}, {10, 10, 1, 5, 4, 4, 1, true, false, true}};
const Dims kDepthwise = {{16, 16, 8, 1, 3, 3},
                         {25, 5, 64, 1, 3, 3},
                         {8, 8, 32, 1, 3, 3},
                         {12, 12, 24, 1, 3, 3, 2},
                         {10, 10, 5, 1, 3, 3},
                         {6, 6, 96, 1, 3, 3},
                         {24, 24, 8, 1, 3, 3, 2},
                         {20, 4, 24, 1, 3, 3},
                         {3, 3, 128, 1, 3, 3},
                         {5, 25, 16, 1, 3, 3},
                         {13, 13, 4, 1, 3, 3, 2},
                         {32, 32, 3, 1, 3, 3},
                         {10, 10, 12, 1, 3, 3, 1, true},
                         {4, 4, 16, 1, 3, 3},
                         {9, 9, 20, 1, 3, 3, 1, false, false, true},
                         {17, 11, 6, 1, 3, 3, 2, true}};
const Dims kDepthwiseOther = {{12, 12, 16, 1, 5, 5},
                              {1, 20, 32, 1, 1, 7},
                              {8, 8, 8, 2, 3, 3},
                              {20, 1, 16, 1, 9, 1},
                              {7, 7, 24, 1, 7, 7, 1, true},
                              {10, 10, 4, 1, 5, 5, 2},
                              {12, 6, 8, 1, 3, 1},
                              {6, 6, 12, 4, 2, 2},
                              {24, 20, 1, 8, 10, 8, 2},
                              {32, 32, 1, 8, 3, 3, 2},
                              {16, 16, 1, 12, 5, 5},
                              {10, 10, 12, 1, 7, 7},
                              {12, 9, 5, 3, 4, 4, 1, false, false, true},
                              {30, 1, 24, 1, 5, 1},
                              {9, 9, 10, 1, 2, 5, 2},
                              {20, 20, 2, 2, 3, 3}};
const Dims kConnected = {{1, 1, 64, 32},
                         {1, 1, 128, 128},
                         {1, 1, 256, 10},
                         {1, 1, 640, 64},
                         {1, 1, 33, 17},
                         {1, 1, 16, 4},
                         {1, 1, 512, 32},
                         {1, 1, 1000, 3},
                         {1, 1, 96, 96},
                         {1, 1, 10, 40},
                         {1, 1, 200, 50},
                         {1, 1, 32, 1},
                         {1, 1, 1, 16},
                         {1, 1, 16, 16},
                         {1, 1, 16, 1},
                         {1, 1, 8, 128},
                         {1, 1, 128, 8},
                         {1, 1, 784, 48},
                         {1, 1, 50, 35, 0, 0, 1, false, false, true},
                         {1, 1, 400, 6},
                         {1, 1, 3, 3}};
const Dims kPools = {
    {16, 16, 16, 0, 2, 2, 2}, {8, 8, 32, 0, 2, 2, 2},  {32, 32, 4, 0, 2, 2, 2},
    {10, 10, 5, 0, 3, 3, 2},  {12, 12, 8, 0, 3, 3, 1}, {6, 6, 48, 0, 2, 2, 2},
    {4, 4, 10, 0, 2, 2, 2},   {20, 1, 16, 0, 4, 1, 4}, {17, 13, 32, 0, 3, 3, 2, true},
    {24, 20, 6, 0, 2, 2, 2},  {9, 9, 24, 0, 3, 3, 2},  {6, 6, 3, 0, 5, 5, 1}};
const Dims kWholes = {{7, 7, 64}, {25, 5, 64}, {4, 4, 128}, {8, 8, 16}, {5, 5, 10}};
const Dims kValues = {{1, 1, 16},   {8, 8, 8}, {16, 16, 8}, {5, 5, 37},
                      {10, 10, 30}, {1, 1, 3}, {20, 20, 16}};
const Dims kClasses = {{1, 1, 2},   {1, 1, 10}, {1, 1, 12}, {1, 1, 35},
                       {1, 1, 100}, {1, 1, 4},  {12, 1, 8}};
const Dims kImages = {{8, 8, 16}, {16, 16, 3}, {5, 5, 24},  {20, 20, 4},
                      {4, 4, 64}, {10, 1, 9},  {3, 3, 100}, {12, 12, 1}};

// Smaller, for cores that compute floats in software.
const Dims kWindowsF = {{16, 16, 3, 8, 3, 3},
                        {8, 8, 8, 16, 3, 3},
                        {8, 8, 16, 16, 3, 3, 2},
                        {6, 6, 16, 24, 3, 3},
                        {10, 10, 5, 7, 3, 3},
                        {5, 5, 10, 12, 3, 3},
                        {12, 12, 4, 8, 3, 3, 1, true},
                        {12, 12, 1, 8, 3, 3},
                        {6, 6, 16, 12, 3, 3, 1, false, true},
                        {9, 9, 4, 6, 3, 3, 2, false, true},
                        {10, 10, 8, 8, 3, 3, 1, true, true},
                        {14, 10, 1, 6, 5, 4, 2},
                        {8, 8, 3, 5, 2, 2, 1, false, true}};
const Dims kPointsF = {{8, 8, 16, 32, 1, 1},
                       {4, 4, 64, 64, 1, 1},
                       {10, 10, 10, 15, 1, 1},
                       {5, 5, 3, 7, 1, 1},
                       {16, 16, 8, 8, 1, 1},
                       {2, 2, 16, 8, 1, 1},
                       {6, 6, 32, 24, 1, 1, 1, false, true},
                       {9, 5, 16, 8, 1, 1, 1, false, true},
                       {5, 5, 8, 16, 1, 1, 1, false, true}};
const Dims kDepthwiseF = {{12, 12, 8, 1, 3, 3},
                          {8, 8, 32, 1, 3, 3},
                          {10, 10, 5, 1, 3, 3},
                          {12, 12, 12, 1, 3, 3, 2},
                          {6, 6, 48, 1, 3, 3},
                          {1, 20, 16, 1, 1, 7},
                          {10, 10, 12, 1, 3, 3, 1, false, true},
                          {7, 7, 32, 1, 3, 3, 1, false, true},
                          {12, 8, 6, 1, 5, 5, 2, false, true},
                          {12, 12, 1, 6, 3, 3}};
const Dims kConnectedF = {{1, 1, 64, 32},
                          {1, 1, 128, 64},
                          {1, 1, 256, 10},
                          {1, 1, 33, 17},
                          {1, 1, 16, 4},
                          {1, 1, 512, 8},
                          {1, 1, 10, 30},
                          {1, 1, 1, 16},
                          {1, 1, 16, 16, 0, 0, 1, false, true},
                          {1, 1, 128, 40, 0, 0, 1, false, true},
                          {1, 1, 64, 10, 0, 0, 1, false, true},
                          {1, 1, 8, 64, 0, 0, 1, false, true},
                          {1, 1, 200, 30, 0, 0, 1, false, true}};
const Dims kPoolsF = {{16, 16, 8, 0, 2, 2, 2},        {8, 8, 16, 0, 2, 2, 2},
                      {10, 10, 5, 0, 3, 3, 2},        {6, 6, 24, 0, 3, 3, 1},
                      {4, 4, 10, 0, 2, 2, 2},         {20, 1, 16, 0, 4, 1, 4},
                      {17, 13, 12, 0, 3, 3, 2, true}, {12, 12, 6, 0, 2, 2, 2}};
const Dims kWholesF = {{7, 7, 32}, {4, 4, 64}, {8, 8, 16}, {5, 5, 10}};

}  // namespace

const std::vector<OperatorProgram>& operator_programs() {
  static const std::vector<OperatorProgram> kAll = {
      // int8
      {"conv_3x3_s8", "3x3 convolutions, int8", "window", "conv_2d", s8, s8, P::conv, kWindows},
      {"conv_1x1_s8", "1x1 convolutions, int8", "MAC", "conv_2d", s8, s8, P::conv, kPoints},
      {"conv_other_s8", "other convolutions, int8", "MAC", "conv_2d", s8, s8, P::conv, kOther},
      {"depthwise_3x3_s8", "3x3 depthwise, int8", "window", "depthwise_conv_2d", s8, s8,
       P::depthwise, kDepthwise},
      {"depthwise_other_s8", "other depthwise, int8", "MAC", "depthwise_conv_2d", s8, s8,
       P::depthwise, kDepthwiseOther},
      {"fully_connected_s8", "fully connected, int8", "MAC", "fully_connected", s8, s8,
       P::connected, kConnected},
      {"max_pool_s8", "max pooling, int8", "output", "max_pool_2d", s8, s8, P::pool, kPools},
      {"average_pool_s8", "average pooling, int8", "output", "average_pool_2d", s8, s8, P::pool,
       kPools},
      {"average_pool_all_s8", "average of all pixels, int8", "value", "average_pool_2d", s8, s8,
       P::pool_all, kWholes},
      {"mean_s8", "mean, int8", "value", "mean", s8, s8, P::reduce, kWholes},
      {"add_s8", "add, int8", "value", "add", s8, s8, P::pair, kValues},
      {"mul_s8", "multiply, int8", "value", "mul", s8, s8, P::pair, kValues},
      {"relu_s8", "relu, int8", "value", "relu", s8, s8, P::single, kValues},
      {"softmax_s8", "softmax, int8", "value", "softmax", s8, s8, P::softmax, kClasses},
      {"logistic_s8", "logistic, int8", "value", "logistic", s8, s8, P::single, kValues},
      {"tanh_s8", "tanh, int8", "value", "tanh", s8, s8, P::single, kValues},
      {"pad_s8", "pad, int8", "value", "pad", s8, s8, P::pad, kImages},
      {"concatenation_s8", "concatenation, int8", "value", "concatenation", s8, s8, P::join,
       kImages},
      {"transpose_s8", "transpose, int8", "value", "transpose", s8, s8, P::swap, kImages},
      {"arg_max_s8", "arg max, int8", "value", "arg_max", s8, s32, P::arg_max, kClasses},
      {"dequantize_s8", "dequantize, int8", "value", "dequantize", s8, f32, P::single, kValues},
      // float32
      {"conv_3x3_f32", "3x3 convolutions, float32", "window", "conv_2d", f32, f32, P::conv,
       kWindowsF},
      {"conv_1x1_f32", "1x1 convolutions, float32", "MAC", "conv_2d", f32, f32, P::conv, kPointsF},
      {"depthwise_f32", "depthwise, float32", "MAC", "depthwise_conv_2d", f32, f32, P::depthwise,
       kDepthwiseF},
      {"fully_connected_f32", "fully connected, float32", "MAC", "fully_connected", f32, f32,
       P::connected, kConnectedF},
      {"max_pool_f32", "max pooling, float32", "output", "max_pool_2d", f32, f32, P::pool, kPoolsF},
      {"average_pool_f32", "average pooling, float32", "output", "average_pool_2d", f32, f32,
       P::pool, kPoolsF},
      {"mean_f32", "mean, float32", "value", "mean", f32, f32, P::reduce, kWholesF},
      {"add_f32", "add, float32", "value", "add", f32, f32, P::pair, kValues},
      {"mul_f32", "multiply, float32", "value", "mul", f32, f32, P::pair, kValues},
      {"relu_f32", "relu, float32", "value", "relu", f32, f32, P::single, kValues},
      {"relu6_f32", "relu6, float32", "value", "relu6", f32, f32, P::single, kValues},
      {"leaky_relu_f32", "leaky relu, float32", "value", "leaky_relu", f32, f32, P::leaky, kValues},
      {"arg_max_f32", "arg max, float32", "value", "arg_max", f32, s32, P::arg_max, kClasses},
      {"softmax_f32", "softmax, float32", "value", "softmax", f32, f32, P::softmax, kClasses},
      {"logistic_f32", "logistic, float32", "value", "logistic", f32, f32, P::single, kValues},
      {"tanh_f32", "tanh, float32", "value", "tanh", f32, f32, P::single, kValues},
      {"hard_swish_f32", "hard swish, float32", "value", "hard_swish", f32, f32, P::single,
       kValues},
      {"quantize_f32", "quantize, float32", "value", "quantize", f32, s8, P::single, kValues},
  };
  return kAll;
}

}  // namespace assay
