// Texts by value: what C++ returns as a std::string or a view of one arrives as str, or as bytes
// where it is not UTF-8. cppyy would hand out objects of those classes.
#include "CPyCppyy/API.h"

#include <string>
#include <string_view>

namespace polyhy {

using CPyCppyy::Converter;
using CPyCppyy::Executor;

template <class T> PyObject *text(PyObject *made) {
  if (!made || !CPyCppyy::Instance_Check(made))
    return made;
  const T &it = *static_cast<T *>(CPyCppyy::Instance_AsVoidPtr(made));
  PyObject *out = PyUnicode_DecodeUTF8(it.data(), it.size(), nullptr);
  if (!out) {
    PyErr_Clear();
    out = PyBytes_FromStringAndSize(it.data(), it.size());
  }
  Py_DECREF(made);
  return out;
}

template <class T> struct Result : Executor {
  explicit Result(Executor *inner) : inner(inner) {}
  PyObject *Execute(Cppyy::TCppMethod_t method, Cppyy::TCppObject_t self,
                    CPyCppyy::CallContext *context) override {
    return text<T>(inner->Execute(method, self, context));
  }
  bool HasState() override { return true; }
  Executor *inner;
};

// A member, an item of a container.
struct Member : Converter {
  explicit Member(Converter *inner) : inner(inner) {}
  ~Member() override { CPyCppyy::DestroyConverter(inner); }
  bool SetArg(PyObject *value, CPyCppyy::Parameter &to, CPyCppyy::CallContext *context) override {
    return inner->SetArg(value, to, context);
  }
  PyObject *FromMemory(void *at) override {
    const auto &it = *static_cast<std::string *>(at);
    PyObject *out = PyUnicode_DecodeUTF8(it.data(), it.size(), nullptr);
    if (out)
      return out;
    PyErr_Clear();
    return PyBytes_FromStringAndSize(it.data(), it.size());
  }
  bool ToMemory(PyObject *value, void *at, PyObject *context) override {
    return inner->ToMemory(value, at, context);
  }
  bool HasState() override { return true; }
  Converter *inner;
};

constexpr const char *kString = "std::string", *kKept = "polyhy string";

// cppyy's own way stays reachable by another name. A std::string & that is not const stays
// cppyy's: it can be assigned to.
inline void texts() {
  CPyCppyy::RegisterExecutorAlias(kKept, kString);
  CPyCppyy::UnregisterExecutor(kString);
  CPyCppyy::RegisterExecutor(kString, +[](CPyCppyy::cdims_t d) -> Executor * {
    return new Result<std::string>(CPyCppyy::CreateExecutor(kKept, d));
  });
  CPyCppyy::RegisterExecutor("const std::string&", +[](CPyCppyy::cdims_t d) -> Executor * {
    return new Result<std::string>(CPyCppyy::CreateExecutor("std::string&", d));
  });
  static Executor *view = CPyCppyy::CreateExecutor("std::string_view");
  for (auto name : {"std::string_view", "std::basic_string_view<char>"})
    CPyCppyy::RegisterExecutor(name, +[](CPyCppyy::cdims_t) -> Executor * {
      return new Result<std::string_view>(view);
    });
  CPyCppyy::RegisterConverterAlias(kKept, kString);
  CPyCppyy::UnregisterConverter(kString);
  CPyCppyy::RegisterConverter(kString, +[](CPyCppyy::cdims_t d) -> Converter * {
    return new Member(CPyCppyy::CreateConverter(kKept, d));
  });
}

} // namespace polyhy
