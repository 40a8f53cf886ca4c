// What nearly every file includes, read once per build: parsing it takes half of a file's compile time. Not included by
// hand; the Makefile puts it in front of each file, and each file still includes what it uses.
#include <napi.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <variant>
#include <vector>
