using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.Options;

namespace Portal.Identity.Oidc;

/// <summary>The provider's pages are not there when another issuer is configured: a password typed at them would go past that issuer.</summary>
internal sealed class OwnProviderOnly(IOptions<IdentityOptions> options) : IResourceFilter
{
    public void OnResourceExecuting(ResourceExecutingContext context)
    {
        if (!options.Value.IsOwnProvider) context.Result = new NotFoundResult();
    }

    public void OnResourceExecuted(ResourceExecutedContext context)
    {
    }
}
