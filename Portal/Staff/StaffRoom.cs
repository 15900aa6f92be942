using Portal.Access;
using Portal.Identity;

namespace Portal.Staff;

/// <summary>What the room offers the building: the staff's roles, and their way into an account and out of it.</summary>
public static class StaffRoom
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddStaff(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<StaffOptions>().Bind(configuration.GetSection("Portal:Staff"))
            .Validate(
                options => options.AccessLength > TimeSpan.Zero && options.AccessLength <= TimeSpan.FromHours(12),
                "Portal:Staff:AccessLength is not between a moment and twelve hours; set how long staff may look into an account, e.g. 01:00:00.")
            .ValidateOnStart();
        services.AddSingleton<StaffAccess>().AddSingleton<StaffPeople>();
        var policies = services.AddAuthorizationBuilder();
        foreach (var (code, _) in StaffMay.All)
        {
            policies.AddPolicy(code, policy => policy.RequireAuthenticatedUser()
                .RequireAssertion(context => StaffRole.Can(context.User.FindFirst("staff")?.Value, code)));
        }

        return services;
    }

    /// <summary>
    /// Refuses everything that may write while an account is only looked at, in one place: whatever permission a page or endpoint asks for.
    /// What is the staff's own (their pages, signing out) goes on.
    /// </summary>
    internal static void UseStaffLooking(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var reads = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || HttpMethods.IsOptions(context.Request.Method);
        if (reads || context.SignedInOrNull()?.Looking is not { MayWrite: false }) return next(context);
        var asked = context.GetEndpoint()?.Metadata;
        var theirs = asked?.GetMetadata<Microsoft.AspNetCore.Authorization.IAllowAnonymous>() is not null
            || asked?.GetOrderedMetadata<Microsoft.AspNetCore.Authorization.IAuthorizeData>().Any(one => one.Policy?.StartsWith("staff", StringComparison.Ordinal) == true) == true;
        if (theirs) return next(context);
        context.Features.Set(new AccessRefusal(null, null) { ByReading = true });
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    });
}
