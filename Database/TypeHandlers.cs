using System.Data;
using System.Globalization;
using System.Reflection;
using Dapper;

namespace Database;

/// <summary>How instants, days and ids travel between C# and both engines.</summary>
internal static class TypeHandlers
{
    private static readonly Lock Registering = new();
    private static readonly HashSet<Assembly> Known = [];

    internal static void Register()
    {
        lock (Registering)
        {
            if (Known.Count == 0)
            {
                SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
                SqlMapper.AddTypeHandler(new Instants());
                SqlMapper.RemoveTypeMap(typeof(DateOnly));
                SqlMapper.AddTypeHandler(new Days());
                AppDomain.CurrentDomain.AssemblyLoad += (_, loaded) => RegisterIds(loaded.LoadedAssembly);
            }

            foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies()) RegisterIds(assembly);
        }
    }

    private static void RegisterIds(Assembly assembly)
    {
        var core = typeof(IId<>).Assembly;
        if (assembly.IsDynamic) return;
        if (assembly != core && !assembly.GetReferencedAssemblies().Any(name => name.Name == core.GetName().Name)) return;
        lock (Registering)
        {
            if (!Known.Add(assembly)) return;
            foreach (var type in assembly.GetTypes().Where(IsId))
                SqlMapper.AddTypeHandler(type, (SqlMapper.ITypeHandler)Activator.CreateInstance(typeof(Ids<>).MakeGenericType(type))!);
        }
    }

    private static bool IsId(Type type) => type.IsValueType && !type.IsGenericTypeDefinition && type.GetInterfaces()
        .Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IId<>));

    /// <summary>Says the type for an absent value too: a null without one goes as Unicode text, which not every server compares with an instant.</summary>
    private abstract class Handler<T> : SqlMapper.TypeHandler<T>, SqlMapper.ITypeHandler
    {
        protected abstract void SetType(IDbDataParameter parameter);

        protected abstract object Written(IDbDataParameter parameter, T value);

        public sealed override void SetValue(IDbDataParameter parameter, T? value)
        {
            SetType(parameter);
            parameter.Value = value is null ? DBNull.Value : Written(parameter, value);
        }

        void SqlMapper.ITypeHandler.SetValue(IDbDataParameter parameter, object value)
        {
            SetType(parameter);
            parameter.Value = value is T given ? Written(parameter, given) : DBNull.Value;
        }
    }

    /// <summary>UTC with milliseconds: <c>datetime2(3)</c>, on SQLite the sortable text of the same shape.</summary>
    private sealed class Instants : Handler<DateTimeOffset>
    {
        private const string Format = "yyyy-MM-dd HH:mm:ss.fff";

        protected override void SetType(IDbDataParameter parameter)
        {
            if (parameter is Microsoft.Data.SqlClient.SqlParameter sql) (sql.SqlDbType, sql.Scale) = (SqlDbType.DateTime2, 3);
            else parameter.DbType = DbType.AnsiString;
        }

        protected override object Written(IDbDataParameter parameter, DateTimeOffset value) => parameter is Microsoft.Data.SqlClient.SqlParameter
            ? Whole(value).UtcDateTime
            : value.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

        public override DateTimeOffset Parse(object value) => value switch
        {
            string text => new DateTimeOffset(DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal)),
            DateTime time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)),
            _ => throw new InvalidCastException($"An instant cannot be read from {value.GetType().Name}."),
        };

        // text is cut, the server would round: both keep the millisecond that has begun
        private static DateTimeOffset Whole(DateTimeOffset value) => value.AddTicks(-(value.Ticks % TimeSpan.TicksPerMillisecond));
    }

    /// <summary>A calendar day as <c>varchar(10)</c> <c>2026-11-22</c>.</summary>
    private sealed class Days : Handler<DateOnly>
    {
        protected override void SetType(IDbDataParameter parameter) => parameter.DbType = DbType.AnsiString;

        protected override object Written(IDbDataParameter parameter, DateOnly value) =>
            value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

        public override DateOnly Parse(object value) => value is DateTime time
            ? DateOnly.FromDateTime(time)
            : DateOnly.ParseExact((string)value, "yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    /// <summary>ANSI text: a Unicode parameter against a varchar key would make SQL Server scan.</summary>
    private sealed class Ids<T> : Handler<T>
        where T : struct, IId<T>
    {
        protected override void SetType(IDbDataParameter parameter) => (parameter.DbType, parameter.Size) = (DbType.AnsiString, 30);

        protected override object Written(IDbDataParameter parameter, T value) => (object?)value.Value ?? DBNull.Value;

        public override T Parse(object value) => T.From((string)value);
    }
}
